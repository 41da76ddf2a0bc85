module example.com/crm/erp

go 1.19
