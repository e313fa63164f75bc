#include <strata/types/signature.hpp>

#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>

namespace strata {
namespace {

constexpr std::size_t kMaxSignatureSize = 200;  // go-state-types crypto: SignatureMaxLength

Result<crypto::secp256k1::PublicKey> recover(const Signature& signature, const Hash256& digest) {
    crypto::secp256k1::Signature fixed;
    if (signature.data.size() != fixed.size())
        return fail(Errc::verification,
                    "the signature has " + std::to_string(signature.data.size()) + " bytes, expected 65");
    std::ranges::copy(signature.data, fixed.begin());
    return crypto::secp256k1::recover(digest, fixed);
}

Status mismatch(const Address& signer) {
    return fail(Errc::verification, "the signature does not belong to the signer " + signer.to_string());
}

}  // namespace

void Signature::to_cbor(CborWriter& w) const {
    Bytes all{static_cast<std::uint8_t>(type)};
    append(all, data);
    w.bytes(all);
}

Result<Signature> Signature::read_cbor(CborReader& r) {
    STRATA_TRY(const auto all, r.bytes());
    if (all.empty()) return fail(Errc::malformed, "the signature is empty, expected a type byte and data");
    if (all.size() > kMaxSignatureSize)
        return fail(Errc::too_large, "the signature has " + std::to_string(all.size()) + " bytes, expected at most " +
                                         std::to_string(kMaxSignatureSize));
    if (all[0] < 1 || all[0] > 3)
        return fail(Errc::malformed, "the signature type is " + std::to_string(all[0]) + ", expected 1 to 3");
    return Signature{static_cast<Type>(all[0]), to_bytes(all.subspan(1))};
}

Result<ActorSignature> ActorSignature::read_cbor(CborReader& r) {
    STRATA_TRY(const auto all, r.bytes());
    if (all.empty()) return fail(Errc::malformed, "the signature is empty, expected a type byte and data");
    if (all[0] < 1 || all[0] > 2)
        return fail(Errc::malformed, "the signature type is " + std::to_string(all[0]) + ", expected 1 or 2");
    return ActorSignature(Signature{static_cast<Type>(all[0]), to_bytes(all.subspan(1))});
}

Status verify_signature(const Signature& signature, const Address& signer, BytesView data) {
    if (!signer.defined()) return fail(Errc::invalid_argument, "the address of the signer is empty");
    switch (signer.protocol()) {
        case Address::Protocol::secp256k1: {
            if (signature.type != Signature::Type::secp256k1) return mismatch(signer);
            STRATA_TRY(const auto key, recover(signature, crypto::blake2b_256(data)));
            return Address::secp256k1(key) == signer ? Status{} : mismatch(signer);
        }
        case Address::Protocol::bls:
            if (signature.type != Signature::Type::bls) return mismatch(signer);
            return crypto::bls::verify(signer.payload(), data, signature.data) ? Status{} : mismatch(signer);
        case Address::Protocol::delegated: {
            if (signature.type != Signature::Type::delegated || signer.delegated_space() != kEamId)
                return mismatch(signer);
            STRATA_TRY(const auto key, recover(signature, crypto::keccak_256(data)));
            // The Ethereum address is the last 20 bytes of the hash of the key without its leading 0x04.
            const auto hash = crypto::keccak_256(BytesView(key).subspan(1));
            return equal(signer.subaddress(), BytesView(hash).last(20)) ? Status{} : mismatch(signer);
        }
        default:
            return fail(Errc::invalid_argument, "the signer " + signer.to_string() + " is not a key address");
    }
}

}  // namespace strata
