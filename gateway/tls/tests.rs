//! Handshakes over real sockets: who is let in and who is refused.

use std::net::{Ipv4Addr, SocketAddr};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::ServerName;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key in PEM for `name`.
fn issue(name: &str, by: &Authority, expired: bool) -> (String, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, by).unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn write(home: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = home.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn files(home: &TempDir, identity: &(String, String), client_ca: Option<&Authority>) -> GrpcTls {
    GrpcTls {
        certificate: write(home, "certificate.pem", &identity.0),
        key: write(home, "key.pem", &identity.1),
        client_ca: client_ca.map(|ca| write(home, "client_ca.pem", &ca.pem())),
    }
}

fn trusting(home: &TempDir, ca: &Authority) -> ClientConfig {
    let path = write(home, "ca.pem", &ca.pem());
    carrier_client(&CarrierTls { roots: Roots::File(path), extra_ca: Vec::new() }, None).unwrap()
}

/// One handshake and one byte each way over a socket.
async fn exchange(server: ServerConfig, client: ClientConfig) -> io::Result<u8> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    let serve = async move {
        let (socket, _) = listener.accept().await?;
        let mut stream = TlsAcceptor::from(Arc::new(server)).accept(socket).await?;
        let byte = stream.read_u8().await?;
        stream.write_u8(byte).await?;
        stream.shutdown().await
    };
    let call = async move {
        let name = ServerName::try_from("localhost").unwrap();
        let socket = TcpStream::connect(address).await?;
        let mut stream = TlsConnector::from(Arc::new(client)).connect(name, socket).await?;
        stream.write_u8(7).await?;
        stream.read_u8().await
    };
    let (served, called) = tokio::join!(serve, call);
    called.and_then(|byte| served.map(|()| byte))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_good_certificate_is_accepted_and_bad_ones_are_not() {
    let (ours, theirs) = (authority(), authority());
    let own_key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&own_key).unwrap();
    let cases = [
        ("good", issue("localhost", &ours, false), None),
        ("expired", issue("localhost", &ours, true), Some("expired")),
        ("wrong name", issue("example.com", &ours, false), Some("not valid for name")),
        ("other authority", issue("localhost", &theirs, false), Some("BadSignature")),
        ("self-signed", (own.pem(), own_key.serialize_pem()), Some("UnknownIssuer")),
    ];
    for (case, identity, refusal) in cases {
        let home = tempfile::tempdir().unwrap();
        let server = verified_server(&files(&home, &identity, None)).unwrap();
        let outcome = block_on(exchange(server, trusting(&home, &ours)));
        match refusal {
            None => assert_eq!(outcome.unwrap(), 7, "{case}"),
            Some(words) => {
                let error = outcome.unwrap_err().to_string();
                assert!(error.contains(words), "{case}: {error}");
            }
        }
    }
}

#[test]
fn an_extra_authority_is_trusted_and_the_public_ones_alone_do_not_do() {
    let ours = authority();
    let home = tempfile::tempdir().unwrap();
    let identity = issue("localhost", &ours, false);
    let extra = write(&home, "extra.pem", &ours.pem());
    let public = CarrierTls { roots: Roots::Webpki, extra_ca: Vec::new() };
    let server = || verified_server(&files(&home, &identity, None)).unwrap();
    assert!(block_on(exchange(server(), carrier_client(&public, None).unwrap())).is_err());
    assert!(block_on(exchange(server(), carrier_client(&public, Some(&extra)).unwrap())).is_ok());
    let everywhere = CarrierTls { extra_ca: vec![extra], ..public };
    assert!(block_on(exchange(server(), carrier_client(&everywhere, None).unwrap())).is_ok());
}

#[test]
fn mutual_tls_needs_a_certificate_of_the_right_authority() {
    let (ours, callers, strangers) = (authority(), authority(), authority());
    let home = tempfile::tempdir().unwrap();
    let identity = issue("localhost", &ours, false);
    let server = || verified_server(&files(&home, &identity, Some(&callers))).unwrap();
    assert!(block_on(exchange(server(), trusting(&home, &ours))).is_err(), "without a certificate");
    for (by, welcome) in [(&callers, true), (&strangers, false)] {
        let (certificate, key) = issue("caller", by, false);
        let mut roots = RootCertStore::empty();
        roots.add(ours.der().clone()).unwrap();
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .unwrap();
        assert_eq!(block_on(exchange(server(), client)).is_ok(), welcome);
    }
}

#[test]
fn tonic_takes_what_was_verified() {
    install_provider().unwrap();
    install_provider().unwrap();
    let home = tempfile::tempdir().unwrap();
    let ours = authority();
    let config = grpc_server(&files(&home, &issue("localhost", &ours, false), Some(&ours))).unwrap();
    assert!(tonic::transport::Server::builder().tls_config(config).is_ok());
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let home = tempfile::tempdir().unwrap();
    let ours = authority();
    let good = issue("localhost", &ours, false);
    let other = issue("localhost", &ours, false);

    let mixed = files(&home, &(good.0.clone(), other.1), None);
    assert!(matches!(grpc_server(&mixed).unwrap_err(), TlsError::Mismatch { .. }));

    let no_key = files(&home, &(good.0.clone(), good.0.clone()), None);
    assert!(matches!(grpc_server(&no_key).unwrap_err(), TlsError::BadPem { what: "key", .. }));

    let no_certificate = files(&home, &("nothing".to_owned(), good.1.clone()), None);
    assert!(matches!(
        grpc_server(&no_certificate).unwrap_err(),
        TlsError::BadPem { what: "certificate", .. }
    ));

    let mut gone = files(&home, &good, None);
    gone.client_ca = Some(home.path().join("gone.pem"));
    let error = grpc_server(&gone).unwrap_err().to_string();
    assert!(error.contains("client CA") && error.contains("gone.pem"), "{error}");

    let damaged = good.0.replace("-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n!!!!");
    let damaged = files(&home, &(damaged, good.1), None);
    assert!(matches!(grpc_server(&damaged).unwrap_err(), TlsError::BadPem { .. }));
}
