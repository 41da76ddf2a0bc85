// What a host does with the library, in Kotlin: the same story as in every other language.

import crm.*
import java.nio.file.Files
import java.time.Instant
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.system.exitProcess

inline fun <reified T : CrmException> refused(vararg words: String, work: () -> Unit) {
    try {
        work()
    } catch (error: CrmException) {
        check(error is T) { "${T::class.simpleName} was expected, not $error" }
        check(words.all { it in error.message!! }) { error.message!! }
        return
    }
    error("${T::class.simpleName} was expected")
}

fun story() {
    val folder = Files.createTempDirectory("crm").toFile()
    val path = folder.resolve("acme.crm").path
    val lines = CopyOnWriteArrayList<String>()
    logTo(object : LogSink {
        override fun line(level: LogLevel, line: String) { lines += "$level $line" }
    }, LogLevel.INFO)

    Crm.open(path).use { crm ->
        check(lines.any { "INFO opened a file" in it }) { lines }
        refused<CrmException.NotFound>("path") { Crm.open(folder.resolve("missing.crm").path, Options(create = false)) }

        // A listener hears of every commit, in order; one that throws harms nothing.
        val heard = CopyOnWriteArrayList<CommitEvent>()
        val subscription = crm.onCommit(object : CommitListener {
            override fun committed(event: CommitEvent) { heard += event }
        })
        crm.onCommit(object : CommitListener {
            override fun committed(event: CommitEvent) { throw IllegalStateException("the host's own mistake") }
        }).use { bad ->
            crm.addTeam(TeamFields(name = "East"))
            bad.stop()
        }
        check(heard.size == 1 && heard[0].entries == 1L)

        // A field of one's own, customers with people, a call.
        crm.addCustomField(CustomFieldFields(entity = "organization", name = "erp_class", kind = CustomKind.TEXT))
        val acme = crm.addOrganization(
            OrganizationFields(name = "Acme", industry = "steel", employees = 120, creditLimit = Money(50_000, "EUR"), custom = mapOf("erp_class" to Value.Text("A")))
        )
        check(acme.custom["erp_class"] == Value.Text("A") && acme.creditLimit == Money(50_000, "EUR") && acme.country == null)
        check(crm.getOrganization(acme.id) == acme)
        val ada = crm.addPerson(PersonFields(name = "Ada Lovelace"))
        crm.addAffiliation(AffiliationFields(personId = ada.id, organizationId = acme.id))
        crm.addContactPoint(ContactPointFields(personId = ada.id, value = "+48 601 234 567"))
        val past = Instant.now().minusSeconds(3600)
        val call = crm.addActivity(ActivityFields(kind = "call", subject = "Offer?", organizationId = acme.id, personId = ada.id, dueAt = past))
        check(crm.overdue().map { it.id } == listOf(call.id))
        check(crm.callerCard("0048 601-234-567")!!.people.single().name == "Ada Lovelace")
        check(crm.callerCard("+48 601 000 000") == null)

        // A deal moves; several operations happen whole or not at all.
        val process = crm.addProcessFrom("New business", ProcessTemplate.SHORT)
        val mill = crm.begin("two deals").use { change ->
            val mill = change.addDeal(DealFields(name = "Rolling mill", organizationId = acme.id, value = Money(2_500_000, "EUR"), closesOn = "2026-12-31"))
            change.addDeal(DealFields(name = "Spare parts", organizationId = acme.id))
            check(change.countDeals() == 2L && crm.countDeals() == 0L)
            check(change.preview().counts.single { it.entity == "deal" }.count == 2L)
            change.commit()
            mill
        }
        crm.begin("left alone").use { it.removeDeal(mill.id) }
        check(crm.countDeals() == 2L)
        val won = crm.findStages(Filter("process_id = ?1 and kind = 'won'", listOf(Value.Integer(process.id)))).single()
        val moved = crm.setDeal(mill.id, mapOf("stage_id" to Value.Integer(won.id)))
        check(moved.status == DealStatus.WON)
        check(crm.dossier(acme.id).sums.wonAmount == 2_500_000L)

        // Filters, by the field of one's own too; search; tables; errors.
        val large = Filter(expression = "employees >= ?1 and erp_class = 'A'", params = listOf(Value.Integer(100)))
        check(crm.findOrganizations(large).map { it.name } == listOf("Acme"))
        check(crm.search("rolling").hits.first().id == mill.id)
        check(crm.suggest("ad", limit = 1).single().title == "Ada Lovelace")
        crm.searchUpdate()
        check(crm.searchStatus().pending == 0L && crm.baseCurrency() == "EUR")
        crm.sql("select status, count(*) as n from deal group by 1 order by 1").use { table ->
            check(table.toJson() == """[{"status":"open","n":1},{"status":"won","n":1}]""")
            check(table.value(1, "n") == Value.Integer(1) && table.toArrowIpc().size > 100)
        }
        crm.report(Report.FUNNEL).use { check(it.rows() > 0) }
        crm.report(Report.FUNNEL, ReportQuery(processId = process.id, limit = 1)).use { check(it.rows() == 1L) }
        refused<CrmException.Invalid>("did you mean `employees`") { crm.findOrganizations(Filter("emploees > 1")) }
        refused<CrmException.Invalid>("name", "is required") { crm.addOrganization(OrganizationFields()) }
        refused<CrmException.NotFound>("organization") { crm.getOrganization(999) }
        refused<CrmException.Denied> { crm.sql("delete from deal") }
        refused<CrmException.Invalid>("currency") { crm.addDeal(DealFields(name = "x", value = Money(1, "XYZ"))) }
        val stale = crm.setOrganization(acme.id, mapOf("employees" to Value.Integer(130)))
        refused<CrmException.Conflict>("employees") { crm.setOrganization(acme.id, mapOf("employees" to Value.Integer(140)), acme.revision) }
        crm.undo(stale.revision)

        // Somebody who may see less does, everywhere.
        val ann = crm.addUser(UserFields(name = "Ann"))
        val role = crm.addRole(RoleFields(name = "Seller"))
        crm.addPermission(PermissionFields(roleId = role.id, entity = "*", reading = Level.OWN, writing = Level.OWN))
        crm.addUserRole(UserRoleFields(userId = ann.id, roleId = role.id))
        crm.addOrganization(OrganizationFields(name = "Ann's own", ownerId = ann.id))
        crm.actingAs(ann.id).use { hers ->
            check(hers.findOrganizations().map { it.name } == listOf("Ann's own"))
            check(hers.countDeals() == 0L && hers.search("rolling").hits.isEmpty())
            refused<CrmException.NotFound>("organization") { hers.getOrganization(acme.id) }
            refused<CrmException.Denied> { hers.onCommit(object : CommitListener { override fun committed(event: CommitEvent) {} }) }
        }

        // Undo, and the past.
        crm.undo(moved.revision)
        check(crm.getDeal(mill.id).status == DealStatus.OPEN)
        check(crm.history("deal", mill.id).first().label!!.startsWith("undo"))
        crm.at(acme.createdAt).use { then -> check(then.countDeals() == 0L && then.countOrganizations() == 1L) }

        // Much at once, as JSON and from a file.
        val many = (1..1000).joinToString(",", "[", "]") { """{"name": "Company $it", "employees": $it}""" }
        check(crm.addManyJson("organization", many).count == 1000L)
        check("Company 7\"" in crm.findJson("organization", Filter("name = 'Company 7'")))
        val csv = folder.resolve("people.csv").apply { writeText("Name;First Name\nBob Ross;Bob\n") }
        val told = mutableListOf<Long>()
        val progress = object : Progress { override fun tell(done: Long, of: Long?) { told += done } }
        check(crm.importCsv("person", csv.path, null, progress).added == 1L && told.isNotEmpty())

        // Two threads.
        val failures = CopyOnWriteArrayList<Throwable>()
        (1..2).map { number ->
            thread {
                runCatching {
                    repeat(20) {
                        crm.addOrganization(OrganizationFields(name = "Thread $number"))
                        crm.countOrganizations(large)
                    }
                }.onFailure { failures += it }
            }
        }.forEach { it.join() }
        check(failures.isEmpty()) { failures }
        check(crm.countOrganizations(Filter("name like 'Thread%'")) == 40L)
        val sets = heard.map { it.changeSet }
        check(sets == (sets.first()..sets.last()).toList() && sets.size > 50) { sets } // In order, none left out.
        check(crm.changes(heard.last().since, heard.last().entries).single().changeSet == sets.last())
        subscription.stop()
        crm.removePerson(crm.addPerson(PersonFields(name = "Nobody hears of this")).id)
        check(heard.size == sets.size)
        subscription.close()
        check(crm.verify().findings.isEmpty())
    }

    // A clock of the host's, a clock that is moved, and the file again.
    val noon = Instant.parse("2026-01-01T12:00:00Z")
    Crm.open(":memory:", clock = object : Clock { override fun now() = noon }).use { check(it.now() == noon) }
    val clock = ManualClock(noon)
    Crm.open(":memory:", clock = clock).use { crm ->
        clock.set(noon.plusSeconds(60))
        check(crm.addNote(NoteFields(entity = "user", recordId = crm.addUser(UserFields(name = "Ann")).id, text = "x")).createdAt == noon.plusSeconds(60))
    }
    Crm.open(path, Options(readOnly = true, create = false)).use { crm ->
        check(crm.countDeals() == 2L)
        refused<CrmException.ReadOnly> { crm.addPerson(PersonFields(name = "Nobody")) }
    }
    logTo(null, LogLevel.INFO)
    check(lines.none { "Acme" in it || "acme" in it || "Ada" in it }) { lines }
    folder.deleteRecursively()
}

fun main() {
    story()
    println("all is well")
    exitProcess(0)
}
