// What a host does with the library, in Java 17 through the Kotlin bindings: the same story as in every other language.

import crm.*;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

public class Story {
    interface Work {
        void run() throws Exception;
    }

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static void refused(Class<? extends CrmException> kind, String word, Work work) throws Exception {
        try {
            work.run();
        } catch (CrmException error) {
            check(kind.isInstance(error) && error.getMessage().contains(word), "unexpected: " + error);
            return;
        }
        throw new AssertionError(kind.getSimpleName() + " was expected");
    }

    static OrganizationFields organization(String name) {
        var fields = new OrganizationFields();
        fields.setName(name);
        return fields;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("crm");
        String path = folder.resolve("acme.crm").toString();
        try (var crm = Crm.Companion.open(path, null, null)) {
            // A listener.
            List<CommitEvent> heard = new CopyOnWriteArrayList<>();
            var subscription = crm.onCommit(heard::add);

            // A field of one's own, customers with people, a call.
            var field = new CustomFieldFields();
            field.setEntity("organization");
            field.setName("erp_class");
            field.setKind(CustomKind.TEXT);
            crm.addCustomField(field);
            var given = organization("Acme");
            given.setEmployees(120L);
            given.setCreditLimit(new Money(50_000, "EUR"));
            given.setCustom(Map.of("erp_class", new Value.Text("A")));
            var acme = crm.addOrganization(given);
            check(crm.getOrganization(acme.getId()).equals(acme), "what was added is found");
            check(acme.getCustom().get("erp_class").equals(new Value.Text("A")), "the field of one's own");
            var person = new PersonFields();
            person.setName("Ada Lovelace");
            var ada = crm.addPerson(person);
            var affiliation = new AffiliationFields();
            affiliation.setPersonId(ada.getId());
            affiliation.setOrganizationId(acme.getId());
            crm.addAffiliation(affiliation);
            var number = new ContactPointFields();
            number.setPersonId(ada.getId());
            number.setValue("+48 601 234 567");
            crm.addContactPoint(number);
            check(crm.callerCard("0048601234567").getPeople().get(0).getName().equals("Ada Lovelace"), "who calls");
            var call = new ActivityFields();
            call.setKind("call");
            call.setSubject("Offer?");
            call.setOrganizationId(acme.getId());
            call.setDueAt(Instant.now().minusSeconds(60));
            crm.addActivity(call);
            check(crm.overdue(null).size() == 1, "the call is overdue");

            // A deal moves, within a change set.
            crm.addProcessFrom("New business", ProcessTemplate.SHORT);
            var won = crm.findStages(new Filter("kind = 'won'", List.of(), List.of(), null, null)).get(0);
            long moved;
            try (var change = crm.begin("a deal, won at once")) {
                var deal = new DealFields();
                deal.setName("Rolling mill");
                deal.setOrganizationId(acme.getId());
                deal.setValue(new Money(2_500_000, "EUR"));
                var mill = change.addDeal(deal);
                check(crm.countDeals(null) == 0, "nobody sees it yet");
                change.setDeal(mill.getId(), Map.of("stage_id", new Value.Integer(won.getId())), null);
                moved = change.commit().getChangeSet();
            }
            check(crm.dossier(acme.getId()).getSums().getWonAmount() == 2_500_000L, "won");

            // Filters, search, errors.
            var large = new Filter("employees >= ?1 and erp_class = 'A'", List.of(new Value.Integer(100)), List.of(), null, null);
            check(crm.findOrganizations(large).get(0).getName().equals("Acme"), "a filter");
            check(crm.search("rolling", null).getHits().get(0).getKind().equals("deal"), "search");
            check(crm.suggest("ad", null).get(0).getTitle().equals("Ada Lovelace"), "suggestions");
            crm.searchUpdate(null);
            check(crm.searchStatus().getPending() == 0 && crm.baseCurrency().equals("EUR"), "the index is in step");
            refused(CrmException.Invalid.class, "did you mean `employees`", () -> crm.countOrganizations(new Filter("emploees > 1", List.of(), List.of(), null, null)));
            refused(CrmException.Invalid.class, "name", () -> crm.addOrganization(new OrganizationFields()));
            refused(CrmException.NotFound.class, "organization", () -> crm.getOrganization(999));
            try {
                crm.getDeal(999);
            } catch (CrmException.NotFound error) {
                check(error.getField().equals("deal") && error.getReason().contains("no such deal"), "field and reason");
            }

            // Somebody who may see less does.
            var user = new UserFields();
            user.setName("Ann");
            var ann = crm.addUser(user);
            try (var hers = crm.actingAs(ann.getId())) {
                check(hers.countDeals(null) == 0 && hers.search("rolling", null).getHits().isEmpty(), "less is seen");
                refused(CrmException.NotFound.class, "organization", () -> hers.getOrganization(acme.getId()));
            }

            // Undo, and the past.
            crm.undo(moved);
            check(crm.countDeals(null) == 0, "undone");
            try (var then = crm.at(acme.getCreatedAt())) {
                check(then.countPeople(null) == 0 && then.countOrganizations(null) == 1, "the past");
            }

            // Two threads.
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                var thread = new Thread(() -> {
                    try {
                        for (int turn = 0; turn < 20; turn++) crm.addOrganization(organization("Thread"));
                    } catch (Throwable failure) {
                        failures.add(failure);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (var thread : threads) thread.join();
            check(failures.isEmpty(), "no thread failed: " + failures);
            check(crm.countOrganizations(null) == 41, "all were added");
            for (int at = 1; at < heard.size(); at++) check(heard.get(at).getChangeSet() == heard.get(at - 1).getChangeSet() + 1, "in order, none left out");
            check(heard.size() > 45, "all were heard of");
            subscription.stop();
            check(crm.verify(null, null).getFindings().isEmpty(), "the file is whole");
        }
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) if (!Files.isDirectory(file)) Files.delete(file);
        }
        System.out.println("all is well");
        System.exit(0);
    }
}
