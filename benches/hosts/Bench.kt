// What crossing the border costs, from Kotlin. Each figure is the least of five rounds, in microseconds per call or record.

import crm.*
import kotlin.system.exitProcess

const val MANY = 10_000

fun row(what: String, times: Int, work: () -> Unit) {
    val best = (1..5).minOf {
        val began = System.nanoTime()
        work()
        System.nanoTime() - began
    }
    println("kotlin\t$what\t%.2f".format(best / 1000.0 / times))
}

fun main() {
    Crm.open(":memory:").use { crm ->
        val text = (1..MANY).joinToString(",", "[", "]") { """{"name": "Company $it", "industry": "steel", "employees": $it}""" }
        val first = crm.addManyJson("organization", text).first!!
        row("ping", MANY) { repeat(MANY) { version() } }
        row("get", MANY) { repeat(MANY) { crm.getOrganization(first + it) } }
        row("find", MANY) { check(crm.findOrganizations(Filter(limit = MANY.toLong())).size == MANY) }
        row("find_json", MANY) { check(crm.findJson("organization", Filter(limit = MANY.toLong())).length > MANY) }
        row("arrow", MANY) { crm.table("organization", Filter(limit = MANY.toLong())).use { check(it.toArrowIpc().size > MANY) } }
        row("add", 1_000) { repeat(1_000) { crm.addOrganization(OrganizationFields(name = "One more", industry = "steel")) } }
        row("add_many_json", MANY) { crm.addManyJson("organization", text) }
    }
    exitProcess(0)
}
