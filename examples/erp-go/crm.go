// Package main shows how Go uses the library through its C interface: crm.go is the part to copy, main.go uses it.
package main

/*
#include <stdlib.h>
#include "crm.h"
#cgo LDFLAGS: -lcrm_c
*/
import "C"

import (
	"encoding/json"
	"runtime"
	"unsafe"
)

// CRM is an open file. Goroutines may share it.
type CRM struct{ handle *C.Crm }

// Failure is an error of the library.
type Failure struct{ Code, Field, Reason string }

func (failure *Failure) Error() string { return failure.Field + ": " + failure.Reason }

// Args are the arguments of a call by name.
type Args map[string]any

// Open opens a file, creating it when there is none.
func Open(path string) (*CRM, error) {
	// The error belongs to the thread, and Go moves goroutines between threads.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	handle := C.crm_open(name, nil)
	if handle == nil {
		return nil, lastError()
	}
	return &CRM{handle}, nil
}

// Close closes the file. Nothing may be using it.
func (crm *CRM) Close() {
	C.crm_close(crm.handle)
	crm.handle = nil
}

// Call calls by name and puts the answer into what `into` points to; nil drops it.
func (crm *CRM) Call(call string, args Args, into any) error {
	all := Args{"call": call}
	for name, value := range args {
		all[name] = value
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	request := C.CString(string(text))
	defer C.free(unsafe.Pointer(request))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	answer := C.crm_call(crm.handle, request)
	if answer == nil {
		return lastError()
	}
	defer C.crm_free(answer)
	if into == nil {
		return nil
	}
	return json.Unmarshal([]byte(C.GoString(answer)), into)
}

func lastError() error {
	failure := &Failure{}
	if err := json.Unmarshal([]byte(C.GoString(C.crm_last_error())), failure); err != nil {
		return err
	}
	return failure
}
