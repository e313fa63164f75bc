#include <strata/crypto/p256.hpp>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

#include <strata/base/freed.hpp>

namespace strata::crypto::p256 {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

// Returns null if the bytes are not a point of the curve.
Key read_key(const ByteArray<64>& x_y) {
    ByteArray<65> point{0x04};  // uncompressed
    std::ranges::copy(x_y, point.begin() + 1);
    std::string group = "P-256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end(),
    };
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(params)) != 1)
        return nullptr;
    return Key(key);
}

// OpenSSL takes signatures in DER only.
Bytes to_der(const ByteArray<64>& r_s) {
    const EcdsaSignature signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(r_s.data(), 32, nullptr);
    BIGNUM* s = BN_bin2bn(r_s.data() + 32, 32, nullptr);
    ECDSA_SIG_set0(signature.get(), r, s);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    Bytes out(der, der + std::max(size, 0));
    OPENSSL_free(der);
    return out;
}

}  // namespace

bool verify(const ByteArray<64>& public_key, const Hash256& digest, const ByteArray<64>& r_s) {
    const Key key = read_key(public_key);
    if (!key) return false;
    const Bytes der = to_der(r_s);
    const KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
}

}  // namespace strata::crypto::p256
