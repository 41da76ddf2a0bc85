//! Bank accounts.

use super::OrganizationId;
use crate::engine::entity::{Rules, entity};
use crate::engine::meta::Searched;
use crate::engine::money::Currency;

entity! {
    /// A bank account of an organization.
    pub struct BankAccount(BankAccountFields, BankAccountId) in "bank_account" as bank_accounts, for_bank_account {
        /// Whose.
        organization_id: OrganizationId [part_of],
        /// The bank's name.
        bank: Option<String> [max(200), personal],
        /// IBAN or account number.
        number: String [title, max(50), personal],
        /// BIC of the bank.
        bic: Option<String> [max(20), personal],
        /// Currency of the account.
        currency: Option<Currency>,
        /// The one to use when nothing else is said; the first one is.
        is_primary: Option<bool> [one_of(&["organization_id"])],
    }
}

impl Rules for BankAccount {
    const SEARCHED: Searched = Searched::WithOwner;
}
