// The part of DefaultKernel with the syscalls about signatures, hashes and proofs.
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/types/signature.hpp>
#include <strata/vm/default_kernel.hpp>

namespace strata::vm {

Syscall<bool> DefaultKernel::verify_signature(SignatureKind kind, BytesView signature, const Address& signer,
                                              BytesView plaintext) {
    STRATA_OK(charge(prices().on_verify_signature(kind, plaintext.size())));
    if (generation() == Generation::two) {
        STRATA_TRY(const Address key, calls_.key_address(signer, /*is_paid=*/true));
        return strata::verify_signature({static_cast<Signature::Type>(kind), to_bytes(signature)}, key, plaintext)
            .has_value();
    }
    const bool is_key = signer.defined() && (signer.protocol() == Address::Protocol::secp256k1 ||
                                             signer.protocol() == Address::Protocol::bls);
    if (!is_key)
        return syscall_error(ErrorNumber::illegal_argument, "the signer is " +
                                                                (signer.defined() ? signer.to_string() : "undefined") +
                                                                ", expected a key address (f1 or f3)");
    const Signature full{static_cast<Signature::Type>(kind), to_bytes(signature)};
    return strata::verify_signature(full, signer, plaintext).has_value();
}

Syscall<bool> DefaultKernel::verify_bls_aggregate(BytesView signature, std::span<const ByteArray<48>> keys,
                                                  BytesView plaintexts, std::span<const std::uint32_t> sizes) {
    if (keys.size() != sizes.size())
        return syscall_error(ErrorNumber::illegal_argument, "there are " + std::to_string(keys.size()) +
                                                                " BLS keys for " + std::to_string(sizes.size()) +
                                                                " messages, expected one key for each message");
    STRATA_OK(charge(prices().on_verify_bls_aggregate(keys.size(), plaintexts.size())));
    std::vector<crypto::bls::Signed> pairs;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (sizes[i] > plaintexts.size())
            return syscall_error(ErrorNumber::illegal_argument, "the sizes of the messages exceed their buffer");
        pairs.push_back({keys[i], plaintexts.first(sizes[i])});
        plaintexts = plaintexts.subspan(sizes[i]);
    }
    if (!plaintexts.empty())
        return syscall_error(ErrorNumber::illegal_argument, "the buffer of the messages has " +
                                                                std::to_string(plaintexts.size()) +
                                                                " bytes after the last message, expected none");
    if (keys.empty()) return true;  // ref-fvm accepts any signature if there are no messages
    return crypto::bls::verify_aggregate(pairs, signature);
}

Syscall<ByteArray<65>> DefaultKernel::recover_secp_public_key(const Hash256& hash, const ByteArray<65>& signature) {
    STRATA_OK(charge(prices().on_recover_secp_public_key()));
    const auto key = crypto::secp256k1::recover(hash, signature);
    if (!key) return syscall_error(ErrorNumber::illegal_argument, key.error().message());
    return *key;
}

Syscall<Bytes> DefaultKernel::hash(HashCode code, BytesView data) {
    const auto pay = [&] { return charge(prices().on_hashing(code, data.size())); };
    const auto out = [](const auto& digest) { return Bytes(digest.begin(), digest.end()); };
    switch (code) {
        case HashCode::sha2_256:
            STRATA_OK(pay());
            return out(crypto::sha256(data));
        case HashCode::keccak_256:
            STRATA_OK(pay());
            return out(crypto::keccak_256(data));
        case HashCode::ripemd_160:
            STRATA_OK(pay());
            return out(crypto::ripemd_160(data));
        case HashCode::blake2b_256:
            STRATA_OK(pay());
            return out(crypto::blake2b_256(data));
        case HashCode::blake2b_512:
            STRATA_OK(pay());
            return out(crypto::blake2b_512(data));
        default:
            // Generation 2 charges for the hash before it looks at the function.
            if (generation() == Generation::two) STRATA_OK(pay());
            return syscall_error(ErrorNumber::illegal_argument,
                                 "hash function " + std::to_string(static_cast<std::uint64_t>(code)) +
                                     " is not available to actors, which can use sha2-256, keccak-256, ripemd-160, "
                                     "blake2b-256 and blake2b-512");
    }
}

Syscall<Cid> DefaultKernel::compute_unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) {
    STRATA_OK(charge(prices().on_compute_unsealed_sector_cid()));
    auto cid = calls_.doors().proofs.unsealed_sector_cid(proof, pieces);
    if (!cid) return calls_.broken_or(ErrorNumber::illegal_argument, cid.error());
    return *cid;
}

// Returns a verifier's answer. If it cannot answer because its key is missing or unreadable, this node fails: a "no"
// would be a statement about the proof.
Syscall<bool> DefaultKernel::verdict(Result<bool> answer) {
    if (!answer) return calls_.broken(answer.error());
    return *answer;
}

Syscall<std::vector<bool>> DefaultKernel::batch_verify_seals(std::span<const SealVerifyInfo> infos) {
    // In generation 2 the power actor has charged for a batch when it took the seals.
    if (generation() != Generation::two)
        for (std::size_t i = 0; i < infos.size(); ++i) STRATA_OK(charge(prices().on_verify_seal()));
    std::vector<bool> out;
    for (const auto& info : infos) {
        STRATA_TRY(const bool good, verdict(calls_.doors().proofs.verify_seal(info)));
        out.push_back(good);
    }
    return out;
}

Syscall<bool> DefaultKernel::verify_post(const WindowPoStVerifyInfo& info) {
    STRATA_OK(charge(prices().on_verify_post(info.challenged_sectors.size())));
    return verdict(calls_.doors().proofs.verify_post(info));
}

Syscall<bool> DefaultKernel::verify_aggregate_seals(const AggregateSealVerifyProofs& info) {
    STRATA_OK(charge(prices().on_verify_aggregate_seals(info.seal_proof, info.infos.size())));
    return verdict(calls_.doors().proofs.verify_aggregate_seals(info));
}

Syscall<bool> DefaultKernel::verify_replica_update(const ReplicaUpdateInfo& info) {
    STRATA_OK(charge(prices().on_verify_replica_update()));
    return verdict(calls_.doors().proofs.verify_replica_update(info));
}

Syscall<std::optional<ConsensusFault>> DefaultKernel::verify_consensus_fault(BytesView header_1, BytesView header_2,
                                                                             BytesView extra) {
    STRATA_OK(charge(prices().on_verify_consensus_fault()));
    auto fault = calls_.doors().externs.consensus_fault(header_1, header_2, extra);
    if (!fault) return calls_.broken_or(ErrorNumber::illegal_argument, fault.error());
    return *fault;
}

}  // namespace strata::vm
