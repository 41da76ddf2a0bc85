# What a host does with the library, in Ruby: the same story as in every other language.

require "crm"
require "json"
require "tmpdir"

include Crm

def check(what)
  raise "#{what} does not hold" unless yield
end

def refused(kind, *words)
  yield
rescue kind => error
  told = "#{error.field} #{error.reason}"
  words.each { |word| raise "#{told} lacks #{word}" unless told.include?(word) }
else
  raise "#{kind} was expected"
end

# What the library calls is any object with the method.
class Listener
  attr_reader :heard

  def initialize
    @heard = []
  end

  def committed(event)
    @heard << event
  end
end

class Mistaken
  def committed(_event)
    raise "the host's own mistake"
  end
end

class Lines
  attr_reader :lines

  def initialize
    @lines = []
  end

  def line(level, line)
    @lines << [level, line]
  end
end

class Noon
  def now
    Time.utc(2026, 1, 1, 12)
  end
end

class Told
  attr_reader :done

  def tell(done, _of)
    @done = done
  end
end

folder = Dir.mktmpdir
path = File.join(folder, "acme.crm")
lines = Lines.new
Crm.log_to(lines, LogLevel::INFO)
crm = Crm::Crm.open(path)
check("a line is logged") { lines.lines.any? { |level, line| level == LogLevel::INFO && line.include?("opened a file") } }
refused(CrmError::NotFound, "path") { Crm::Crm.open(File.join(folder, "missing.crm"), Options.new(create: false)) }

# A listener hears of every commit, in order; one that raises harms nothing.
listener = Listener.new
subscription = crm.on_commit(listener)
mistaken = crm.on_commit(Mistaken.new)
crm.add_team(TeamFields.new(name: "East"))
mistaken.stop
check("heard of") { listener.heard.size == 1 && listener.heard[0].entries == 1 }

# A field of one's own, customers with people, a call.
crm.add_custom_field(CustomFieldFields.new(entity: "organization", name: "erp_class", kind: CustomKind::TEXT))
acme = crm.add_organization(OrganizationFields.new(name: "Acme", employees: 120, credit_limit: Money.new(minor: 50_000, currency: "EUR"),
                                                   custom: { "erp_class" => Value::TEXT.new("A") }))
check("what was added is found") { crm.get_organization(acme.id) == acme && acme.credit_limit.minor == 50_000 && acme.country.nil? }
ada = crm.add_person(PersonFields.new(name: "Ada Lovelace"))
crm.add_affiliation(AffiliationFields.new(person_id: ada.id, organization_id: acme.id))
crm.add_contact_point(ContactPointFields.new(person_id: ada.id, value: "+48 601 234 567"))
call = crm.add_activity(ActivityFields.new(kind: "call", subject: "Offer?", organization_id: acme.id, due_at: Time.now - 3600))
check("overdue") { crm.overdue.map(&:id) == [call.id] }
check("who calls") { crm.caller_card("0048 601-234-567").people[0].name == "Ada Lovelace" && crm.caller_card("+48 601 000 000").nil? }

# A deal moves; several operations happen whole or not at all.
process = crm.add_process_from("New business", ProcessTemplate::SHORT)
change = crm.begin("two deals")
mill = change.add_deal(DealFields.new(name: "Rolling mill", organization_id: acme.id, value: Money.new(minor: 2_500_000, currency: "EUR")))
change.add_deal(DealFields.new(name: "Spare parts", organization_id: acme.id))
check("nobody sees them yet") { change.count_deals == 2 && crm.count_deals.zero? }
change.commit
change = crm.begin("left alone")
change.remove_deal(mill.id)
change.rollback
check("a change set rolled back leaves everything") { crm.count_deals == 2 }
won = crm.find_stages(Filter.new(expression: "process_id = ?1 and kind = 'won'", params: [Value::INTEGER.new(process.id)]))[0]
moved = crm.set_deal(mill.id, { "stage_id" => Value::INTEGER.new(won.id) })
check("won") { moved.status == DealStatus::WON && crm.dossier(acme.id).sums.won_amount == 2_500_000 }

# Filters, search, tables, errors.
large = Filter.new(expression: "employees >= ?1 and erp_class = 'A'", params: [Value::INTEGER.new(100)])
check("a filter") { crm.find_organizations(large).map(&:name) == ["Acme"] }
check("search") { crm.search("rolling").hits[0].id == mill.id && crm.suggest("ad")[0].title == "Ada Lovelace" }
crm.search_update
check("the index is in step") { crm.search_status.pending.zero? }
check("the timeline") { crm.timeline(acme.id, 1).rows >= 1 && crm.base_currency == "EUR" }
table = crm.sql("select status, count(*) as n from deal group by 1 order by 1")
check("a table") { JSON.parse(table.to_json) == [{ "status" => "open", "n" => 1 }, { "status" => "won", "n" => 1 }] }
check("Arrow") { table.to_arrow_ipc.bytesize > 100 }
refused(CrmError::Invalid, "did you mean `employees`") { crm.find_organizations(Filter.new(expression: "emploees > 1")) }
refused(CrmError::Invalid, "name", "is required") { crm.add_organization(OrganizationFields.new) }
refused(CrmError::NotFound, "organization") { crm.get_organization(999) }
refused(CrmError::Denied) { crm.sql("delete from deal") }

# Somebody who may see less does.
ann = crm.add_user(UserFields.new(name: "Ann"))
role = crm.add_role(RoleFields.new(name: "Seller"))
crm.add_permission(PermissionFields.new(role_id: role.id, entity: "*", reading: Level::OWN, writing: Level::OWN))
crm.add_user_role(UserRoleFields.new(user_id: ann.id, role_id: role.id))
crm.add_organization(OrganizationFields.new(name: "Ann's own", owner_id: ann.id))
hers = crm.acting_as(ann.id)
check("less is seen") { hers.find_organizations.map(&:name) == ["Ann's own"] && hers.search("rolling").hits.empty? }
refused(CrmError::NotFound, "organization") { hers.get_organization(acme.id) }

# Undo, and the past.
crm.undo(moved.revision)
check("undone") { crm.get_deal(mill.id).status == DealStatus::OPEN }
check("the past") { crm.at(acme.created_at).count_deals.zero? && crm.at(acme.created_at).count_organizations == 1 }

# Much at once.
many = (1..1000).map { |number| { name: "Company #{number}", employees: number } }
check("many") { crm.add_many_json("organization", JSON.generate(many)).count == 1000 }
check("found as JSON") { JSON.parse(crm.find_json("organization", Filter.new(expression: "name = 'Company 7'")))[0]["employees"] == 7 }
csv = File.join(folder, "people.csv")
File.write(csv, "Name;First Name\nBob Ross;Bob\n")
told = Told.new
check("an import") { crm.import_csv("person", csv, nil, told).added == 1 && told.done.positive? }

# Two threads.
threads = (1..2).map { |number| Thread.new { 20.times { crm.add_organization(OrganizationFields.new(name: "Thread #{number}")) } } }
threads.each(&:join)
check("all were added") { crm.count_organizations(Filter.new(expression: "name like 'Thread%'")) == 40 }
sets = listener.heard.map(&:change_set)
check("all were heard of, in order") { sets == (sets[0]..sets[-1]).to_a && sets.size > 50 }
check("the feed") { crm.changes(listener.heard[-1].since, 10).map(&:change_set) == [sets[-1]] }
subscription.stop
crm.add_person(PersonFields.new(name: "Nobody hears of this"))
check("stopped") { listener.heard.size == sets.size }
check("the file is whole") { crm.verify.findings.empty? }

# A clock of the host's, and one that is moved.
check("the host's clock") { Crm::Crm.open(":memory:", nil, Noon.new).now == Noon.new.now }
clock = ManualClock.new(Noon.new.now)
still = Crm::Crm.open(":memory:", nil, clock)
clock.set(Noon.new.now + 60)
check("a clock that is moved") { still.add_user(UserFields.new(name: "Ann")).created_at == Noon.new.now + 60 }
Crm.log_to(nil, LogLevel::INFO)
check("no data of persons in lines") { lines.lines.none? { |_, line| line.match?(/acme|ada/i) } }

puts "all is well"
