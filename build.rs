//! Compiles `proto/` to Rust and to the descriptor set that reflection serves.
//!
//! Nothing else is built here, and no protoc is needed. The descriptor set keeps
//! its source info: the comments are what tests read and reflection clients show.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context;
use prost::Message;

fn main() -> anyhow::Result<()> {
    println!("cargo::rerun-if-changed=proto");
    let files = ["proto/parcelgate/v1", "proto/google/rpc"].map(proto_files);
    let files = files.into_iter().collect::<anyhow::Result<Vec<_>>>()?.concat();
    let descriptors = protox::compile(files, ["proto"]).context("the files of `proto/` do not compile")?;

    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    fs::write(out.join("parcelgate.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .bytes(".")
        // people, their words and secrets: `gateway/api/proto.rs` shows these redacted
        .skip_debug([
            "parcelgate.v1.Party",
            "parcelgate.v1.IdentifierOnFile",
            "parcelgate.v1.EvaluateReviewRequest",
        ])
        // large parts of pieces of a stream, which would outgrow the others
        .boxed(".parcelgate.v1.Offer.regional_decision")
        .boxed(".parcelgate.v1.StreamRatesResponse.piece.offer")
        .boxed(".parcelgate.v1.StreamRatesResponse.piece.summary")
        .boxed(".parcelgate.v1.SimulateRulesResponse.part.flip")
        // tonic answers errors with its own copy of these messages
        .extern_path(".google.rpc", "::tonic_types::pb")
        .compile_fds(descriptors)
        .context("no Rust could be made of `proto/`")
}

/// The proto files of one folder, in the order of their names.
fn proto_files(folder: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(Path::new(folder)).with_context(|| format!("`{folder}` cannot be read"))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut files: Vec<_> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "proto")).collect();
    files.sort();
    Ok(files)
}
