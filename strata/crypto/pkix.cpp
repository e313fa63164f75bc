#include <strata/crypto/pkix.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include <strata/base/freed.hpp>

namespace strata::crypto::pkix {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

// A key of kMaxRsaBits has less than 1,100 bytes, so this bounds the work for bytes that are not a key.
constexpr std::size_t kMaxKeySize = 2048;
// OpenSSL's names of the curves that Go's x509.ParsePKIXPublicKey reads.
constexpr std::array<std::string_view, 4> kCurves = {"secp224r1", "prime256v1", "secp384r1", "secp521r1"};

Status check_rsa(const EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kMinRsaBits || bits > kMaxRsaBits)
        return fail(Errc::out_of_range, "the RSA key has " + std::to_string(bits) + " bits, expected " +
                                            std::to_string(kMinRsaBits) + " to " + std::to_string(kMaxRsaBits));
    return {};
}

Status check_curve(const EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    const bool named =
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), &size) == 1;
    const std::string_view curve(name.data(), size);
    if (!named || std::ranges::find(kCurves, curve) == kCurves.end())
        return fail(Errc::unsupported, "the curve of the ECDSA key is '" + std::string(curve) +
                                           "', expected P-224, P-256, P-384 or P-521");
    return {};
}

Status check_encoding(EVP_PKEY* key, BytesView got) {
    // A point has one form only, that with both coordinates; OpenSSL would write it in the form in which it came.
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
        EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    const bool same = size > 0 && equal(BytesView(der, static_cast<std::size_t>(size)), got);
    OPENSSL_free(der);
    if (!same) return fail(Errc::non_canonical, "the public key is not in the one DER encoding that it has");
    return {};
}

Result<Key> read(KeyKind kind, BytesView bytes) {
    if (bytes.size() > kMaxKeySize)
        return fail(Errc::out_of_range, "the public key has " + std::to_string(bytes.size()) +
                                            " bytes, expected at most " + std::to_string(kMaxKeySize));
    const unsigned char* at = bytes.data();
    Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes.size())));
    const int wanted = kind == KeyKind::rsa ? EVP_PKEY_RSA : EVP_PKEY_EC;
    if (!key || EVP_PKEY_get_base_id(key.get()) != wanted)
        return fail(Errc::malformed, std::string("the bytes are not the DER encoding of ") +
                                         (kind == KeyKind::rsa ? "an RSA" : "an ECDSA") + " public key");
    STRATA_OK(kind == KeyKind::rsa ? check_rsa(key.get()) : check_curve(key.get()));
    STRATA_OK(check_encoding(key.get(), bytes));
    return key;
}

}  // namespace

Status check_key(KeyKind kind, BytesView key) {
    STRATA_OK(read(kind, key));
    return {};
}

bool verify_sha256(KeyKind kind, BytesView key, BytesView message, BytesView signature) {
    const auto parsed = read(kind, key);
    if (!parsed) return false;
    const DigestContext context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, parsed->get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

}  // namespace strata::crypto::pkix
