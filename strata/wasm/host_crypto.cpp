#include <strata/wasm/host_crypto.hpp>

#include <strata/types/sector.hpp>

namespace strata::wasm {
namespace {

using std::int32_t;
using std::uint32_t;
using std::uint64_t;
using vm::ErrorNumber;
using vm::Syscall;
using vm::syscall_error;

constexpr uint32_t kBlsKey = 48;
constexpr uint32_t kBlsSignature = 96;
constexpr uint32_t kSecpHash = 32;
constexpr uint32_t kSecpSignature = 65;

// A good answer is 0, a bad one -1.
Syscall<int32_t> as_status(const Syscall<bool>& answer) {
    if (!answer) return answer.error();
    return *answer ? 0 : -1;
}

template <std::size_t N>
ByteArray<N> array_of(BytesView bytes) {
    ByteArray<N> out;
    STRATA_CHECK(bytes.size() == N);
    std::ranges::copy(bytes, out.begin());
    return out;
}

Syscall<int32_t> verify_signature(Invocation& host, uint32_t kind, uint32_t signature_at, uint32_t signature_length,
                                  uint32_t signer_at, uint32_t signer_length, uint32_t text_at, uint32_t text_length) {
    const auto known = static_cast<vm::SignatureKind>(kind);
    if (known != vm::SignatureKind::secp256k1 && known != vm::SignatureKind::bls)
        return syscall_error(ErrorNumber::illegal_argument,
                             "the type of the signature is " + std::to_string(kind) + ", expected 1 or 2");
    STRATA_TRY(const auto signature, host.memory().range(signature_at, signature_length));
    STRATA_TRY(const Address signer, host.memory().address(signer_at, signer_length));
    STRATA_TRY(const auto text, host.memory().range(text_at, text_length));
    return as_status(host.kernel().verify_signature(known, signature, signer, text));
}

Syscall<int32_t> verify_bls_aggregate(Invocation& host, uint32_t count, uint32_t signature_at, uint32_t keys_at,
                                      uint32_t texts_at, uint32_t lengths_at) {
    if (uint64_t{count} * kBlsKey > UINT32_MAX)
        return syscall_error(ErrorNumber::illegal_argument,
                             "there are " + std::to_string(count) + " keys, more than fit into a memory");
    STRATA_TRY(const auto signature, host.memory().range(signature_at, kBlsSignature));
    STRATA_TRY(const auto raw_keys, host.memory().range(keys_at, count * kBlsKey));
    STRATA_TRY(const auto raw_lengths, host.memory().range(lengths_at, count * 4));
    std::vector<ByteArray<kBlsKey>> keys;
    std::vector<uint32_t> lengths;
    uint32_t total = 0;  // the reference's sum has 32 bits too
    for (std::size_t i = 0; i < count; ++i) {
        keys.push_back(array_of<kBlsKey>(raw_keys.subspan(i * kBlsKey, kBlsKey)));
        lengths.push_back(load_le<uint32_t>(raw_lengths.data() + 4 * i));
        total += lengths.back();
    }
    STRATA_TRY(const auto texts, host.memory().range(texts_at, total));
    return as_status(host.kernel().verify_bls_aggregate(signature, keys, texts, lengths));
}

Syscall<ByteArray<65>> recover_secp_public_key(Invocation& host, uint32_t hash_at, uint32_t signature_at) {
    STRATA_TRY(const auto hash, host.memory().range(hash_at, kSecpHash));
    STRATA_TRY(const auto signature, host.memory().range(signature_at, kSecpSignature));
    return host.kernel().recover_secp_public_key(array_of<kSecpHash>(hash), array_of<kSecpSignature>(signature));
}

// Writes the digest, cut to the guest's buffer, and returns the number of bytes written.
Syscall<uint32_t> hash(Invocation& host, uint64_t code, uint32_t at, uint32_t length, uint32_t digest_at,
                       uint32_t digest_length) {
    STRATA_TRY(const auto out, host.memory().range(digest_at, digest_length));
    STRATA_TRY(const auto data, host.memory().range(at, length));
    STRATA_TRY(const Bytes digest, host.kernel().hash(static_cast<HashCode>(code), data));
    const std::size_t size = std::min(out.size(), digest.size());
    std::copy_n(digest.begin(), size, out.begin());
    return static_cast<uint32_t>(size);
}

// Later generations know synthetic and non-interactive seals (docs/protocol/fvm.md §1.11; fvm_shared 2.12.2 and 3.14.2
// sector/registered_proof.rs).
constexpr std::int64_t last_seal_proof(Generation generation) {
    if (generation == Generation::two) return 9;
    return generation == Generation::three ? 14 : 19;
}

Syscall<uint32_t> compute_unsealed_sector_cid(Invocation& host, std::int64_t proof, uint32_t pieces_at,
                                              uint32_t pieces_length, uint32_t cid_at, uint32_t cid_length) {
    const RegisteredSealProof kind{proof};
    if (!sector_size(kind) || proof > last_seal_proof(vm::generation_of(host.kernel().network().network_version)))
        return syscall_error(ErrorNumber::illegal_argument,
                             "there is no seal proof with the number " + std::to_string(proof));
    STRATA_TRY(const auto pieces, host.memory().cbor<std::vector<PieceInfo>>(pieces_at, pieces_length));
    STRATA_OK(host.memory().range(cid_at, cid_length));
    STRATA_TRY(const Cid cid, host.kernel().compute_unsealed_sector_cid(kind, pieces));
    return host.memory().write_cid(cid, cid_at, cid_length);
}

Syscall<int32_t> verify_post(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto info, host.memory().cbor<WindowPoStVerifyInfo>(at, length));
    return as_status(host.kernel().verify_post(info));
}

Syscall<int32_t> verify_aggregate_seals(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto info, host.memory().cbor<AggregateSealVerifyProofs>(at, length));
    return as_status(host.kernel().verify_aggregate_seals(info));
}

// Actors encode this proof, unlike all others, as an array of numbers, since its field is a plain Vec<u8>
// (shared/src/sector/seal.rs).
struct PackedReplicaUpdate {
    RegisteredUpdateProof update_proof{};
    Cid old_sealed_cid;
    Cid new_sealed_cid;
    Cid new_unsealed_cid;
    std::vector<uint64_t> proof;
    STRATA_CBOR_TUPLE(update_proof, old_sealed_cid, new_sealed_cid, new_unsealed_cid, proof);
};

Syscall<int32_t> verify_replica_update(Invocation& host, uint32_t at, uint32_t length) {
    STRATA_TRY(const auto packed, host.memory().cbor<PackedReplicaUpdate>(at, length));
    ReplicaUpdateInfo info{
        packed.update_proof, packed.old_sealed_cid, packed.new_sealed_cid, packed.new_unsealed_cid, {}};
    for (const uint64_t number : packed.proof) {
        if (number > UINT8_MAX)
            return syscall_error(ErrorNumber::illegal_argument,
                                 "a byte of the proof is " + std::to_string(number) + ", expected 0 to 255");
        info.proof.push_back(static_cast<std::uint8_t>(number));
    }
    return as_status(host.kernel().verify_replica_update(info));
}

// Writes one byte for each seal: 1 for a good one, 0 for a bad one.
Syscall<void> batch_verify_seals(Invocation& host, uint32_t at, uint32_t length, uint32_t result_at) {
    STRATA_TRY(const auto infos, host.memory().cbor<std::vector<SealVerifyInfo>>(at, length));
    STRATA_TRY(const auto out, host.memory().range(result_at, static_cast<uint32_t>(infos.size())));
    STRATA_TRY(const auto answers, host.kernel().batch_verify_seals(infos));
    STRATA_CHECK(answers.size() == out.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = answers[i] ? 1 : 0;
    return {};
}

Syscall<ByteArray<20>> verify_consensus_fault(Invocation& host, uint32_t first_at, uint32_t first_length,
                                              uint32_t second_at, uint32_t second_length, uint32_t extra_at,
                                              uint32_t extra_length) {
    STRATA_TRY(const auto first, host.memory().range(first_at, first_length));
    STRATA_TRY(const auto second, host.memory().range(second_at, second_length));
    STRATA_TRY(const auto extra, host.memory().range(extra_at, extra_length));
    STRATA_TRY(const auto fault, host.kernel().verify_consensus_fault(first, second, extra));
    Packed<20> out;
    if (!fault) return out.put(std::int64_t{0}).put(uint64_t{0}).put(uint32_t{0}).bytes();
    return out.put(fault->epoch).put(fault->target).put(static_cast<uint32_t>(fault->kind)).bytes();
}

constexpr HostFunction kFunctions[] = {
    host_function<&verify_signature>("crypto", "verify_signature"),
    host_function<&recover_secp_public_key>("crypto", "recover_secp_public_key"),
    host_function<&hash>("crypto", "hash"),
    host_function<&compute_unsealed_sector_cid>("crypto", "compute_unsealed_sector_cid"),
    host_function<&verify_post>("crypto", "verify_post"),
    host_function<&verify_aggregate_seals>("crypto", "verify_aggregate_seals"),
    host_function<&verify_replica_update>("crypto", "verify_replica_update"),
    host_function<&batch_verify_seals>("crypto", "batch_verify_seals"),
    host_function<&verify_consensus_fault>("crypto", "verify_consensus_fault"),
};

constexpr HostFunction kGeneration4[] = {
    host_function<&verify_bls_aggregate>("crypto", "verify_bls_aggregate"),
};

}  // namespace

std::span<const HostFunction> crypto_functions() {
    return kFunctions;
}
std::span<const HostFunction> crypto_functions_of_generation_4() {
    return kGeneration4;
}

}  // namespace strata::wasm
