//! What is sold.

use crate::engine::entity::{Rules, entity};
use crate::engine::error::Result;
use crate::engine::meta::Searched;
use crate::engine::store::ChangeSet;

entity! {
    /// Something that is sold.
    pub struct Product(ProductFields, ProductId) in "product" as products, for_product {
        /// Name.
        name: String [title, max(300), general],
        /// Article number, unique.
        code: Option<String> [max(80), general],
        /// Series or category.
        category: Option<String> [dictionary("product_category")],
        /// Unit it is sold in.
        unit: Option<String> [max(40), general],
        /// Is still sold; yes when left out.
        active: Option<bool>,
        /// Anything else.
        description: Option<String> [max(20_000), general],
    }
}

impl Rules for Product {
    const SEARCHED: Searched = Searched::ByName;

    fn check(_change: &ChangeSet, _before: Option<&Self>, fields: &mut ProductFields) -> Result<()> {
        fields.active = fields.active.or(Some(true));
        Ok(())
    }
}
