package main

import (
	"errors"
	"fmt"
	"log"
	"sync"
)

// Customer is the part of an organization that this program looks at.
type Customer struct {
	ID        int64  `json:"id"`
	Revision  int64  `json:"revision"`
	Name      string `json:"name"`
	Employees *int64 `json:"employees"`
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// What an ERP system pushes: customers by its own keys.
func main() {
	crm, err := Open(":memory:")
	must(err)
	defer crm.Close()

	for key, name := range map[string]string{"K-1001": "Acme", "K-1002": "Birch"} {
		must(crm.Call("upsert", Args{"entity": "organization", "system": "erp", "key": key, "fields": Args{"name": name}}, nil))
	}
	// The same key again changes the customer instead of adding one.
	var pushed struct {
		Record Customer
		Added  bool
	}
	must(crm.Call("upsert", Args{"entity": "organization", "system": "erp", "key": "K-1001", "fields": Args{"employees": 120}}, &pushed))
	if pushed.Added || pushed.Record.Name != "Acme" || *pushed.Record.Employees != 120 {
		log.Fatalf("the customer was not found again: %+v", pushed)
	}

	var large []Customer
	filter := Args{"expression": "employees >= ?1", "params": []int{100}, "order_by": "name"}
	must(crm.Call("find", Args{"entity": "organization", "filter": filter}, &large))
	fmt.Printf("large customers: %s (%d employees)\n", large[0].Name, *large[0].Employees)

	// Errors say what kind they are and which field is concerned.
	var failure *Failure
	err = crm.Call("add", Args{"entity": "organization", "fields": Args{"nam": "Cedar"}}, nil)
	if !errors.As(err, &failure) || failure.Code != "invalid" || failure.Field != "nam" {
		log.Fatalf("an error that names the field was expected, got %v", err)
	}
	fmt.Println("refused:", err)

	// Many goroutines at once; each error stays with its own.
	var group sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for turn := 0; turn < 25; turn++ {
				must(crm.Call("add", Args{"entity": "person", "fields": Args{"name": "Ada Lovelace"}}, nil))
				var missing *Failure
				if err := crm.Call("get", Args{"entity": "person", "id": 1_000_000}, nil); !errors.As(err, &missing) || missing.Code != "not_found" {
					log.Fatalf("not_found was expected, got %v", err)
				}
			}
		}()
	}
	group.Wait()
	var people int
	must(crm.Call("count", Args{"entity": "person"}, &people))
	if people != 100 {
		log.Fatalf("%d people", people)
	}

	must(crm.Call("undo", Args{"change_set": pushed.Record.Revision}, nil))
	var acme Customer
	must(crm.Call("get", Args{"entity": "organization", "id": pushed.Record.ID}, &acme))
	if acme.Employees != nil {
		log.Fatal("the push was not undone")
	}
	fmt.Println("all is well")
}
