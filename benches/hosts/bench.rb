# What crossing the border costs, from Ruby; see Bench.kt.

require "crm"
require "json"

MANY = 10_000

def row(what, times)
  best = (1..5).map do
    began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    yield
    Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
  end.min
  puts format("ruby\t%s\t%.2f", what, best * 1e6 / times)
end

crm = Crm::Crm.open(":memory:")
text = JSON.generate((1..MANY).map { |number| { name: "Company #{number}", industry: "steel", employees: number } })
first = crm.add_many_json("organization", text).first
all = Crm::Filter.new(limit: MANY)
row("ping", MANY) { MANY.times { Crm.version } }
row("get", MANY) { MANY.times { |at| crm.get_organization(first + at) } }
row("find", MANY) { raise unless crm.find_organizations(all).size == MANY }
row("find_json", MANY) { raise unless JSON.parse(crm.find_json("organization", all)).size == MANY }
row("arrow", MANY) { crm.table("organization", all).to_arrow_ipc }
row("add", 1_000) { 1_000.times { crm.add_organization(Crm::OrganizationFields.new(name: "One more", industry: "steel")) } }
row("add_many_json", MANY) { crm.add_many_json("organization", text) }
