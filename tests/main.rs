//! The one integration binary: each module holds one promise of the whole.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod customs;
#[cfg(test)]
mod doubt;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod events;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod following;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod marketplace_grpc;
#[cfg(test)]
mod marketplaces;
#[cfg(test)]
mod number_collection;
#[cfg(test)]
mod numbers_on_file;
#[cfg(test)]
mod operators;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod performances;
#[cfg(test)]
mod pick_ups;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod program;
#[cfg(test)]
mod protections;
#[cfg(test)]
mod served;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod tracking_numbers;
