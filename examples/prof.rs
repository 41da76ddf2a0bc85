#[path = "../benches/support/mod.rs"] mod support;
use support::*; use crm_core::*; use std::time::Instant;
fn main(){ let t=Instant::now(); let (path,crm,orgs)=big(); println!("big {:?} {}",t.elapsed(), std::fs::metadata(&path).unwrap().len()/1000000);
 let t=Instant::now(); let c2=Crm::open(&path).unwrap(); println!("open {:?}",t.elapsed()); let t=Instant::now(); c2.organizations().get(OrganizationId(5)).unwrap(); println!("first get {:?}",t.elapsed());
 for _ in 0..3 { let t=Instant::now(); let x=crm.sql("select owner_id, kind, status, count(*) as n from activity group by 1,2,3",&[]).unwrap(); println!("agg {:?} {}",t.elapsed(),x.rows);}
 let t=Instant::now(); for n in 1..10000 { crm.organizations().get(OrganizationId(1+pick(n,orgs))).unwrap(); } println!("get {:?}",t.elapsed()/10000);
 let t=Instant::now(); for n in 1..2000 { crm.activities().find(Filter::new("organization_id = ?1").bind(1+pick(n,orgs)).order_by("-starts_at").limit(50)).unwrap(); } println!("find {:?}",t.elapsed()/2000);
 let t=Instant::now(); let x=crm.activities().table("").unwrap(); println!("table {:?} {}",t.elapsed(),x.rows);
 // restricted
 let u=crm.users().get(UserId(3)).unwrap(); let s=crm.change("r",|c|{ let r=c.roles().add(RoleFields{name:"rep".into(),..Default::default()})?; c.permissions().add(PermissionFields{role_id:r.id,target:"*".into(),reading:Level::Own,writing:Level::Own,..Default::default()})?; c.user_roles().add(UserRoleFields{user_id:u.id,role_id:r.id,..Default::default()})?; Ok(()) }).unwrap();
 let me=crm.acting_as(u.id).unwrap();
 for _ in 0..2 { let t=Instant::now(); let x=me.sql("select owner_id, kind, status, count(*) as n from activity group by 1,2,3",&[]).unwrap(); println!("agg own {:?} {}",t.elapsed(),x.rows);}
 let t=Instant::now(); println!("{}",me.activities().count("").unwrap()); println!("count own {:?}",t.elapsed());
 let t=Instant::now(); for n in 1..2000 { me.activities().find(Filter::new("organization_id = ?1").bind(1+pick(n,orgs)).order_by("-starts_at").limit(50)).unwrap(); } println!("find own {:?}",t.elapsed()/2000);
 let before=crm.now(); std::thread::sleep(std::time::Duration::from_millis(5)); for n in 1..2000 { crm.activities().edit(ActivityId(n*7),|f| f.subject="x".into()).unwrap(); }
 let past=crm.at(before).unwrap(); for _ in 0..2 { let t=Instant::now(); let x=past.sql("select owner_id, kind, status, count(*) as n from activity group by 1,2,3",&[]).unwrap(); println!("agg past {:?} {}",t.elapsed(),x.rows);}
 let t=Instant::now(); for n in 1..2000 { past.activities().find(Filter::new("organization_id = ?1").bind(1+pick(n,orgs)).order_by("-starts_at").limit(50)).unwrap(); } println!("find past {:?}",t.elapsed()/2000);
 crm.undo(s.change_set.unwrap()).unwrap();
}
