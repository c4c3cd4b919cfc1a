//! TLS on every edge: the gRPC listener's and the carriers' connections, TLS 1.2 and up, over one provider.
//! It must never offer a way to leave a certificate unverified.
//! Start at [`install_provider`], [`grpc_server`] and [`carrier_client`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use secrecy::zeroize::Zeroizing;
use tonic::transport::{Certificate, ClientTlsConfig, Identity, ServerTlsConfig};

use crate::config::{CarrierTls, GrpcTls, MarketplaceTls, Roots};

/// How long a caller may take for its handshake.
const HANDSHAKE: std::time::Duration = std::time::Duration::from_secs(10);

/// Why TLS could not be set up. Every variant names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// Another part of the process chose another provider.
    #[error("another crypto provider is installed already; install this one first")]
    Provider,
    /// The file cannot be read.
    #[error("the {what} `{path}` cannot be read: {source}", path = path.display())]
    Unreadable {
        /// What the file should be.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the {what} `{path}` holds no PEM of one: {reason}", path = path.display())]
    BadPem {
        /// What the file should be.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The key is not the certificate's.
    #[error(
        "the key `{key}` does not belong to the certificate `{certificate}`; give the key that it was made for",
        key = key.display(), certificate = certificate.display()
    )]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Certificate and key cannot be used.
    #[error("the certificate `{certificate}` cannot be used: {reason}", certificate = certificate.display())]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Makes ring the one crypto provider of the process. Call it first thing in
/// `main`; calling it again does nothing.
///
/// # Errors
/// [`TlsError::Provider`] when another provider was installed before.
pub fn install_provider() -> Result<(), TlsError> {
    static OURS: OnceLock<bool> = OnceLock::new();
    let ours = *OURS.get_or_init(|| ring::default_provider().install_default().is_ok());
    if ours { Ok(()) } else { Err(TlsError::Provider) }
}

/// The gRPC listener's TLS. With `client_ca` every caller must show a
/// certificate of it (mutual TLS). Needs [`install_provider`]. Blocks on file I/O.
///
/// # Errors
/// [`TlsError`]: files that are unreadable, no PEM, or do not belong together
/// are found here and not at the first caller.
pub fn grpc_server(files: &GrpcTls) -> Result<ServerTlsConfig, TlsError> {
    verified_server(files)?;
    let certificate = read("certificate", &files.certificate)?;
    let key = read("key", &files.key)?;
    let mut config = ServerTlsConfig::new()
        .identity(Identity::from_pem(certificate.as_slice(), key.as_slice()))
        .timeout(HANDSHAKE);
    if let Some(path) = &files.client_ca {
        let authorities = read("client CA", path)?;
        config = config.client_ca_root(Certificate::from_pem(authorities.as_slice()));
    }
    Ok(config)
}

/// The same as a rustls configuration: what tonic builds later and reports
/// without naming a file.
fn verified_server(files: &GrpcTls) -> Result<ServerConfig, TlsError> {
    let chain = certificates("certificate", &files.certificate)?;
    let bytes = read("key", &files.key)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| bad_pem("key", &files.key, &error))?;
    let provider = Arc::new(ring::default_provider());
    let unusable = |error: &dyn std::fmt::Display| TlsError::Unusable {
        certificate: files.certificate.clone(),
        reason: error.to_string(),
    };
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            add_authorities(&mut roots, "client CA", path)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| bad_pem("client CA", path, &error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    builder.with_single_cert(chain, key).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { certificate: files.certificate.clone(), key: files.key.clone() }
        }
        error => unusable(&error),
    })
}

/// TLS towards a carrier: its certificate must come from the configured
/// authorities, from `tls.extra_ca`, or from `own_ca`, the carrier's own extra
/// file. Always verified, name and dates included. Blocks on file I/O.
///
/// # Errors
/// [`TlsError`] for an authorities' file that cannot be used.
pub fn carrier_client(tls: &CarrierTls, own_ca: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    match &tls.roots {
        Roots::Webpki => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::File(path) => add_authorities(&mut roots, "authorities' file", path)?,
    }
    for path in tls.extra_ca.iter().map(PathBuf::as_path).chain(own_ca) {
        add_authorities(&mut roots, "extra CA file", path)?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::Provider)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// TLS towards a marketplace that is called over gRPC: as [`carrier_client`], and where the files say so with a
/// certificate of this gateway (mutual TLS). Blocks on file I/O.
///
/// # Errors
/// [`TlsError`] for a file that cannot be used.
pub fn marketplace_client(tls: &CarrierTls, own: &MarketplaceTls) -> Result<ClientTlsConfig, TlsError> {
    let mut config = match &tls.roots {
        Roots::Webpki => ClientTlsConfig::new().trust_anchors(webpki_roots::TLS_SERVER_ROOTS.to_vec()),
        Roots::File(path) => authorities(ClientTlsConfig::new(), "authorities' file", path)?,
    };
    for path in tls.extra_ca.iter().chain(&own.ca) {
        config = authorities(config, "extra CA file", path)?;
    }
    if let Some((certificate, key)) = &own.identity {
        // Found here and not when it is first called.
        verified_server(&GrpcTls { certificate: certificate.clone(), key: key.clone(), client_ca: None })?;
        let (certificate, key) = (read("certificate", certificate)?, read("key", key)?);
        config = config.identity(Identity::from_pem(certificate.as_slice(), key.as_slice()));
    }
    Ok(config)
}

fn authorities(
    config: ClientTlsConfig,
    what: &'static str,
    path: &Path,
) -> Result<ClientTlsConfig, TlsError> {
    certificates(what, path)?;
    Ok(config.ca_certificate(Certificate::from_pem(read(what, path)?.as_slice())))
}

fn read(what: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { what, path: path.to_owned(), source };
    fs::read(path).map(Zeroizing::new).map_err(unreadable)
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read(what, path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let chain = chain.map_err(|error| bad_pem(what, path, &error))?;
    if chain.is_empty() {
        return Err(bad_pem(what, path, &PemError::NoItemsFound));
    }
    Ok(chain)
}

fn add_authorities(roots: &mut RootCertStore, what: &'static str, path: &Path) -> Result<(), TlsError> {
    for certificate in certificates(what, path)? {
        roots.add(certificate).map_err(|error| bad_pem(what, path, &error))?;
    }
    Ok(())
}

fn bad_pem(what: &'static str, path: &Path, reason: &dyn std::fmt::Display) -> TlsError {
    TlsError::BadPem { what, path: path.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
