// Protects that https checks the certificate against the system's authorities and the name of the host. The authority
// is made here, and OpenSSL's variable SSL_CERT_FILE names it as the system's.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <cstdlib>
#include <fstream>
#include <thread>

#include <strata/http/client.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Freed {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using Ptr = std::unique_ptr<T, Freed>;

struct Identity {
    std::string key, certificate;  // PEM
};

std::string text_of(const Ptr<BIO>& bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// Makes a certificate that signs itself for the host "localhost".
Identity make_identity() {
    const Ptr<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Ptr<X509> certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    const Ptr<X509_EXTENSION> names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"));
    X509_add_ext(certificate.get(), names.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const Ptr<BIO> key_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_bio_X509(certificate_text.get(), certificate.get());
    return {text_of(key_text), text_of(certificate_text)};
}

/// Answers one request over TLS.
class OneTlsAnswer {
  public:
    explicit OneTlsAnswer(const Identity& identity) : context_(asio::ssl::context::tls_server) {
        context_.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
        context_.use_certificate(asio::buffer(identity.certificate), asio::ssl::context::pem);
        thread_ = std::thread([this] { serve(); });
    }
    ~OneTlsAnswer() { thread_.join(); }
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

  private:
    void serve() {
        boost::system::error_code error;
        asio::ssl::stream<tcp::socket> stream(io_, context_);
        acceptor_.accept(stream.lowest_layer(), error);
        if (!error) stream.handshake(asio::ssl::stream_base::server, error);
        char request[4096];
        if (!error) stream.read_some(asio::buffer(request), error);
        if (!error) asio::write(stream, asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 40), error);
    }
    asio::io_context io_;
    asio::ssl::context context_;
    tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
    std::thread thread_;
};

TEST(HttpClientTls, the_certificate_must_be_trusted_and_name_the_host) {
    const auto trusted = make_identity(), stranger = make_identity();
    const strata::testing::TempFolder folder;
    const auto file = folder.path() / "authorities.pem";
    std::ofstream(file) << trusted.certificate;
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    {
        const OneTlsAnswer server(trusted);
        const auto answer = get("https://localhost:" + server.port() + "/x");
        ASSERT_TRUE(answer) << answer.error().message();
        EXPECT_EQ(answer->status, 200U);
        EXPECT_EQ(as_text(answer->body), "ok");
    }
    {
        const OneTlsAnswer server(stranger);
        const auto answer = get("https://localhost:" + server.port() + "/x");
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code(), Errc::io);
        EXPECT_TRUE(answer.error().message().contains("certificate")) << answer.error().message();
    }
    {
        const OneTlsAnswer server(trusted);
        EXPECT_FALSE(get("https://127.0.0.1:" + server.port() + "/x")) << "the certificate is for localhost";
    }
    ::unsetenv("SSL_CERT_FILE");
}

}  // namespace
}  // namespace strata::http
