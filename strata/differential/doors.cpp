#include <strata/differential/doors.hpp>

#include <strata/proofs/piece/commitment.hpp>

namespace strata::differential {
namespace {

constexpr std::string_view kFault = "fault";

Hash256 randomness(std::string_view kind, ChainEpoch epoch) {
    const Cid cid = Cid::hash_of(Codec::raw, as_bytes(std::string(kind) + " " + std::to_string(epoch)));
    Hash256 out;
    std::ranges::copy(cid.digest(), out.begin());
    return out;
}

bool good(BytesView proof) {
    return !as_text(proof).starts_with("bad");
}

}  // namespace

Result<Hash256> RuleExterns::chain_randomness(ChainEpoch epoch) {
    return randomness("chain", epoch);
}
Result<Hash256> RuleExterns::beacon_randomness(ChainEpoch epoch) {
    return randomness("beacon", epoch);
}
Result<Cid> RuleExterns::tipset_cid(ChainEpoch epoch) {
    return Cid::hash_of(Codec::dag_cbor, as_bytes("tipset " + std::to_string(epoch)));
}

Result<std::optional<vm::ConsensusFault>> RuleExterns::consensus_fault(BytesView, BytesView, BytesView extra) {
    using Found = std::optional<vm::ConsensusFault>;
    if (extra.size() != kFault.size() + 17 || !as_text(extra).starts_with(kFault)) return Found{};
    const auto* body = extra.data() + kFault.size();
    if (body[16] < 1 || body[16] > 3) return Found{};
    return Found(vm::ConsensusFault{load_be<std::uint64_t>(body),
                                    static_cast<ChainEpoch>(load_be<std::uint64_t>(body + 8)),
                                    static_cast<vm::ConsensusFault::Kind>(body[16])});
}

Bytes fault_proof(ActorId target, ChainEpoch epoch, std::uint8_t kind) {
    Bytes out = to_bytes(as_bytes(kFault));
    ByteArray<17> body{};
    store_be(body.data(), target);
    store_be(body.data() + 8, static_cast<std::uint64_t>(epoch));
    body[16] = kind;
    append(out, body);
    return out;
}

Result<bool> RuleProofs::verify_seal(const SealVerifyInfo& info) {
    return good(info.proof_bytes);
}
Result<bool> RuleProofs::verify_post(const WindowPoStVerifyInfo& info) {
    return std::ranges::all_of(info.proofs, [](const PoStProof& proof) { return good(proof.bytes); });
}
Result<bool> RuleProofs::verify_aggregate_seals(const AggregateSealVerifyProofs& info) {
    return good(info.proof);
}
Result<bool> RuleProofs::verify_replica_update(const ReplicaUpdateInfo& info) {
    return good(info.proof);
}
Result<Cid> RuleProofs::unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) {
    STRATA_TRY(const auto size, sector_size(proof));
    STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), pieces));
    return proofs::piece_cid(comm_d);
}

}  // namespace strata::differential
