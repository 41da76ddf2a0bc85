//! Listeners are told of every commit of this process, in order, whatever they do themselves.

use crate::support::{assert_clean, memory, organization, person};
use crm_core::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

type Heard = Arc<Mutex<Vec<CommitEvent>>>;

fn listener() -> (Heard, impl Fn(&CommitEvent) + Send + Sync + 'static) {
    let heard = Heard::default();
    let notes = heard.clone();
    (heard, move |event: &CommitEvent| notes.lock().unwrap().push(event.clone()))
}

#[test]
fn commits_of_many_threads_come_in_order_and_none_is_lost() {
    let crm = memory();
    let first = crm.organizations().add(organization("Before")).unwrap().revision.0;
    let (heard, hear) = listener();
    let _listening = crm.on_commit(hear).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let crm = crm.clone();
            scope.spawn(move || {
                for number in 0..50 {
                    crm.organizations().add(organization(&format!("{thread} {number}"))).unwrap();
                    // What leaves nothing is not told of.
                    crm.begin("nothing").unwrap().rollback();
                }
            });
        }
    });
    let heard = heard.lock().unwrap();
    assert_eq!(heard.iter().map(|event| event.change_set.0).collect::<Vec<_>>(), (first + 1..=first + 200).collect::<Vec<_>>());
    // The positions in the feed follow each other, and lead to what each commit did.
    for pair in heard.windows(2) {
        assert_eq!(pair[0].since + pair[0].entries, pair[1].since);
    }
    let last = heard.last().unwrap();
    let changes = crm.changes(last.since, last.entries as usize).unwrap();
    assert!(changes.iter().all(|change| change.change_set == last.change_set) && changes.len() == 1);
}

#[test]
fn a_listener_may_write_and_is_told_of_that_too() {
    let crm = memory();
    let (heard, hear) = listener();
    let _listening = crm.on_commit(hear).unwrap();
    let own = crm.clone();
    let _writer = crm
        .on_commit(move |event| {
            if event.label.as_deref() == Some("add organization") {
                own.people().add(person("The first contact")).unwrap();
            }
        })
        .unwrap();
    crm.organizations().add(organization("Acme")).unwrap();
    crm.organizations().add(organization("Birch")).unwrap();
    let labels: Vec<_> = heard.lock().unwrap().iter().filter_map(|event| event.label.clone()).collect();
    assert_eq!(labels, ["add organization", "add person", "add organization", "add person"]);
    _writer.stop();
}

#[test]
fn a_listener_that_panics_harms_neither_the_commit_nor_the_others() {
    let crm = memory();
    let _bad = crm.on_commit(|_| panic!("a listener's own mistake")).unwrap();
    let (heard, hear) = listener();
    let listening = crm.on_commit(hear).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    assert_eq!(crm.organizations().get(acme.id).unwrap().name, "Acme");
    crm.undo(acme.revision).unwrap();
    assert_eq!(heard.lock().unwrap().iter().map(|event| event.undoes).collect::<Vec<_>>(), [None, Some(acme.revision)]);
    listening.stop();
    crm.organizations().add(organization("Cedar")).unwrap();
    assert_eq!(heard.lock().unwrap().len(), 2);
}

#[test]
fn who_comes_later_is_told_of_what_comes_later_and_users_may_not_listen() {
    let crm = memory();
    let (count, late) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (early_count, late_count, handle) = (count.clone(), late.clone(), crm.clone());
    let _early = crm
        .on_commit(move |_| {
            if early_count.fetch_add(1, Ordering::SeqCst) == 0 {
                let late_count = late_count.clone();
                handle
                    .on_commit(move |_| {
                        late_count.fetch_add(1, Ordering::SeqCst);
                    })
                    .unwrap()
                    .keep();
            }
        })
        .unwrap();
    crm.organizations().add(organization("Acme")).unwrap();
    assert_eq!((count.load(Ordering::SeqCst), late.load(Ordering::SeqCst)), (1, 0));
    let ann = crm.users().add(UserFields { name: "Ann".into(), ..Default::default() }).unwrap();
    assert_eq!((count.load(Ordering::SeqCst), late.load(Ordering::SeqCst)), (2, 1));
    assert_eq!(crm.acting_as(ann.id).unwrap().on_commit(|_| {}).unwrap_err().code(), "denied");
    _early.stop();
}

// B8
#[test]
fn every_change_set_says_what_brought_it_about() {
    let crm = memory();
    let first = crm.changes(0, 1).unwrap()[0].change_set;
    let (heard, hear) = listener();
    let _listening = crm.on_commit(hear).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap();
    crm.organizations().add_many(vec![organization("Birch")]).unwrap();
    let import = |text: &'static str, options: &Import| crm.import_csv_from("organization", text.as_bytes(), options, &mut |_, _| {});
    let imported = import("name\nCedar\n", &Import::new()).unwrap().change_set.unwrap();
    let both = crm.change("both", |change| {
        change.organizations().add(organization("Dogwood"))?;
        // What was only tried, or came to nothing, brought nothing about.
        change.import_csv_from("organization", "name\nElm\n".as_bytes(), &Import::new().dry_run(true), &mut |_, _| {})?;
        assert_eq!(change.preview(())?.changes[0].cause, ChangeCause::Call);
        change.import_csv_from("organization", "name\nFir\n".as_bytes(), &Import::new(), &mut |_, _| {})
    });
    let undone = crm.undo(both.unwrap().change_set.unwrap()).unwrap();
    use ChangeCause::{Call, Import as Imported, Undo, Upgrade};
    let told = heard.lock().unwrap().iter().map(|event| event.cause).collect::<Vec<_>>();
    assert_eq!(told, [Call, Call, Imported, Imported, Undo]);
    let of = |set: ChangeSetId| crm.changes(0, 10_000).unwrap().into_iter().find(|event| event.change_set == set).unwrap().cause;
    assert_eq!([first, acme.revision, imported, undone].map(of), [Upgrade, Call, Imported, Undo]);
    let birch = crm.organizations().find("name = 'Cedar'").unwrap()[0].id;
    assert_eq!(crm.history("organization", birch.0).unwrap()[0].cause, Imported);
    let trial = crm.dry_run(|change| change.import_csv_from("organization", "name\nGorse\n".as_bytes(), &Import::new(), &mut |_, _| {})).unwrap();
    assert_eq!(trial.changes[0].cause, Imported);
    assert_clean(&crm);
}
