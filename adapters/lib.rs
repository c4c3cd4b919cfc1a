//! Every carrier that is compiled in.
