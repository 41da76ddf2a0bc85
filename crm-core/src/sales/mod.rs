//! Selling: processes and their stages, deals, products and prices.

mod deal;
mod process;
mod product;

pub use deal::{
    Deal, DealContact, DealContactFields, DealContactId, DealFields, DealId, DealStatus, Milestone, MilestoneFields, MilestoneId, StageMove, StageMoveFields,
    StageMoveId,
};
pub use process::{Process, ProcessFields, ProcessId, ProcessTemplate, Stage, StageFields, StageId, StageKind};
pub use product::{
    ExchangeRate, ExchangeRateFields, ExchangeRateId, Price, PriceFields, PriceId, PriceList, PriceListFields, PriceListId, Product, ProductFields, ProductId,
};
