// An ERP system with a CRM inside: it pushes what it knows by its own keys, and acts when a deal is won.
// README.md says how to build it and what to copy.

import crm.*
import java.util.Optional
import java.util.concurrent.LinkedBlockingQueue
import kotlin.concurrent.thread
import kotlin.system.exitProcess

/** The name the ERP's keys are kept under. */
const val SYSTEM = "erp"

data class Customer(val key: String, val name: String, val employees: Int)
data class Invoice(val key: String, val customer: String, val amount: Money, val paid: Boolean)

/** What the ERP writes into the CRM. Each push may be repeated: the same key changes the same record. */
class Push(private val crm: Crm) {
    /** Fields of the ERP's own, defined once; afterwards users filter and report by them like by any other. */
    fun prepare() {
        val known = crm.fields("organization").map { it.name }
        fun field(name: String, kind: CustomKind) {
            if (name !in known) crm.addCustomField(CustomFieldFields(entity = "organization", name = name, kind = kind))
        }
        field("erp_open_amount", CustomKind.MONEY)
        field("erp_last_invoice", CustomKind.TEXT)
    }

    fun customers(all: List<Customer>) = change("customers of the ERP") { change ->
        all.forEach { change.upsertJson("organization", SYSTEM, it.key, """{"name": ${quoted(it.name)}, "employees": ${it.employees}}""") }
    }

    /** An invoice shows at the customer: as an entry of the timeline, and in what is open. */
    fun invoices(all: List<Invoice>) = change("invoices of the ERP") { change ->
        for (invoice in all) {
            val customer = customer(invoice.customer)
            val state = if (invoice.paid) "paid" else "open"
            val amount = "%d.%02d %s".format(invoice.amount.minor / 100, invoice.amount.minor % 100, invoice.amount.currency)
            val note = """{"kind": "note", "status": "held", "subject": ${quoted("Invoice ${invoice.key}: $amount, $state")}, "organization_id": $customer}"""
            change.upsertJson("activity", SYSTEM, "invoice ${invoice.key}", note)
            val open = if (invoice.paid) Money(0, invoice.amount.currency) else invoice.amount
            change.setOrganization(customer, mapOf("erp_open_amount" to Value.Money(open), "erp_last_invoice" to Value.Text(invoice.key)))
        }
    }

    private fun customer(key: String): Long {
        val filter = Filter("system = ?1 and key = ?2 and entity = 'organization'", listOf(Value.Text(SYSTEM), Value.Text(key)))
        return crm.findExternalRefs(filter).single().recordId
    }

    /** Everything of one push happens, or nothing; `use` rolls back when something is thrown. */
    private fun change(label: String, work: (ChangeSet) -> Unit): Long? = crm.begin(label).use { change ->
        work(change)
        change.commit().changeSet
    }

    private fun quoted(text: String) = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
}

/** Acts when a deal is won. The listener only passes the event on; the work is done on a thread of its own. */
class WonDeals(private val crm: Crm, private val order: (Deal, Organization) -> Unit) : CommitListener, AutoCloseable {
    private val events = LinkedBlockingQueue<Optional<CommitEvent>>()
    private val worker = thread(name = "won deals") { while (true) handle(events.take().orElse(null) ?: break) }
    private val subscription = crm.onCommit(this)

    override fun committed(event: CommitEvent) = events.put(Optional.of(event))

    private fun handle(event: CommitEvent) {
        // What leaves no entries, such as pruning, is told of, too.
        if (event.entries == 0L) return
        crm.changes(event.since, event.entries)
            .filter { it.entity == "deal" && "status" in it.fields }
            .map { crm.getDeal(it.firstId) }
            .filter { it.status == DealStatus.WON }
            .forEach { deal -> order(deal, crm.getOrganization(deal.organizationId!!)) }
    }

    /** Ends once everything heard so far is done. */
    override fun close() {
        subscription.use { it.stop() }
        events.put(Optional.empty())
        worker.join()
    }
}

fun main(arguments: Array<String>) {
    Crm.open(arguments.firstOrNull() ?: ":memory:").use { crm ->
        val push = Push(crm)
        push.prepare()
        val customers = listOf(Customer("K-1001", "Acme", 120), Customer("K-1002", "Birch \"North\"", 40))
        push.customers(customers)
        push.customers(customers) // Pushed again, nothing is doubled.
        println("${crm.countOrganizations()} customers pushed")

        push.invoices(listOf(Invoice("2026-001", "K-1001", Money(119_000, "EUR"), paid = false)))
        push.invoices(listOf(Invoice("2026-001", "K-1001", Money(119_000, "EUR"), paid = true)))
        val acme = crm.findOrganizations(Filter("erp_last_invoice = '2026-001'")).single()
        check(crm.countActivities() == 1L && acme.custom["erp_open_amount"] == Value.Money(Money(0, "EUR")))
        println(crm.findActivities().single().subject)

        // A seller wins a deal; the ERP hears of it and makes an order.
        WonDeals(crm) { deal, customer -> println("order for ${customer.name}: ${deal.name}, ${deal.value!!.minor / 100} ${deal.value!!.currency}") }.use {
            crm.addProcessFrom("New business", ProcessTemplate.SHORT)
            val mill = crm.addDeal(DealFields(name = "Rolling mill", organizationId = acme.id, value = Money(2_500_000, "EUR")))
            val won = crm.findStages(Filter("kind = 'won'")).single()
            crm.setDeal(mill.id, mapOf("stage_id" to Value.Integer(won.id)))
        }

        // A push that turns out wrong is taken back whole.
        val wrong = push.customers(listOf(Customer("K-1003", "Wrong file", 1)))!!
        crm.undo(wrong)
        check(crm.countOrganizations() == 2L)
    }
    exitProcess(0)
}
