//! Bank accounts.

use super::OrganizationId;
use super::owner::{others, primary};
use crate::engine::entity::{After, Rules, entity};
use crate::engine::error::Result;
use crate::engine::meta::Searched;
use crate::engine::money::Currency;
use crate::engine::store::ChangeSet;

entity! {
    /// A bank account of an organization.
    pub struct BankAccount(BankAccountFields, BankAccountId) in "bank_account" as bank_accounts, for_bank_account {
        /// Whose.
        organization_id: OrganizationId [part_of],
        /// The bank's name.
        bank: Option<String> [max(200)],
        /// IBAN or account number.
        number: String [title, max(50)],
        /// BIC of the bank.
        bic: Option<String> [max(20)],
        /// Currency of the account.
        currency: Option<Currency>,
        /// The one to use when nothing else is said; the first one is.
        is_primary: Option<bool>,
    }
}

impl Rules for BankAccount {
    const SEARCHED: Searched = Searched::WithOwner;
    const AFTER: Option<After<Self>> = Some(one_primary);
    const SIBLINGS: bool = true;

    fn check(change: &ChangeSet, before: Option<&Self>, fields: &mut BankAccountFields) -> Result<()> {
        let first = primary(change, "bank_account", "", before.is_none() && fields.is_primary.is_none(), Some(fields.organization_id), None)?;
        fields.is_primary = fields.is_primary.or(Some(first));
        Ok(())
    }
}

fn one_primary(change: &ChangeSet, before: Option<&BankAccount>, now: &BankAccount) -> Result<()> {
    if now.is_primary == Some(true) && before.is_none_or(|before| before.is_primary != Some(true)) {
        for other in others(change, "bank_account", "", now.id.0, Some(now.organization_id), None)? {
            change.bank_accounts().edit(BankAccountId(other), |fields| fields.is_primary = Some(false))?;
        }
    }
    Ok(())
}
