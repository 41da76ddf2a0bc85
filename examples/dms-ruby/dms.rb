# A document system with a CRM inside: beside a document it shows its customer's timeline.
# README.md says how to run it and what to copy.

require "crm"
require "json"

# A document as the DMS knows it; the customer is known by the DMS's own key.
Document = Struct.new(:number, :file, :title, :customer)

# The customer beside a document.
class Customers
  SYSTEM = "dms".freeze

  def initialize(crm)
    @crm = crm
  end

  # Adds or renames the customer that the DMS knows by this key.
  def file_under(key, name)
    JSON.parse(@crm.upsert_json("organization", SYSTEM, key, JSON.generate(name: name)))["id"]
  end

  def id(key)
    filter = Crm::Filter.new(expression: "system = ?1 and key = ?2 and entity = 'organization'",
                             params: [Crm::Value::TEXT.new(SYSTEM), Crm::Value::TEXT.new(key)])
    @crm.find_external_refs(filter)[0]&.record_id
  end

  # Leaves a mark in the customer's timeline that a document was filed; filed again, it stays one mark.
  def filed(document)
    subject = "#{document.title} (#{document.file})"
    note = { kind: "note", status: "held", subject: subject, organization_id: id(document.customer) }
    @crm.upsert_json("activity", SYSTEM, document.number, JSON.generate(note))
  end

  # What happened with the customer, as rows with `at`, `kind`, `title`.
  def timeline(key, limit: 20)
    JSON.parse(@crm.timeline(id(key), limit).to_json)
  end

  # Whom to ask, with numbers.
  def contacts(key)
    @crm.dossier(id(key)).people.map { |one| [one.person.name, one.contact_points.map(&:value)] }
  end
end

# Puts the document on the left, the customer on the right.
def beside(left, right)
  height = [left.size, right.size].max
  (0...height).map { |row| format("%-38s | %s", left[row], right[row]) }
end

def show(document, customers)
  left = ["Document #{document.number}", document.title, document.file, "Customer #{document.customer}"]
  right = ["Timeline"] + customers.timeline(document.customer).map { |row| "#{row["at"][0, 16]}  #{row["kind"]}: #{row["title"]}" }
  right += ["Contacts"] + customers.contacts(document.customer).map { |name, numbers| "#{name}: #{numbers.join(", ")}" }
  puts beside(left, right)
end

crm = Crm::Crm.open(ARGV[0] || ":memory:")
customers = Customers.new(crm)
customers.file_under("4711", "Acme")
acme = customers.file_under("4711", "Acme Steel")
raise "a key is one customer" unless crm.count_organizations == 1

# What sellers do, in their own program on the same file.
ada = crm.add_person(Crm::PersonFields.new(name: "Ada Lovelace"))
crm.add_affiliation(Crm::AffiliationFields.new(person_id: ada.id, organization_id: acme))
crm.add_contact_point(Crm::ContactPointFields.new(person_id: ada.id, value: "+48 601 234 567"))
crm.add_process_from("New business", Crm::ProcessTemplate::SHORT)
crm.add_deal(Crm::DealFields.new(name: "Rolling mill", organization_id: acme))
call = Crm::ActivityFields.new(kind: "call", status: Crm::ActivityStatus::HELD, subject: "Offer asked for", organization_id: acme)
crm.add_activity(call)

# The DMS files the offer and shows it.
offer = Document.new("D-0815", "offer-2026-014.pdf", "Offer 2026-014", "4711")
customers.filed(offer)
customers.filed(offer)
raise "one mark for a document" unless crm.count_activities == 2

show(offer, customers)
