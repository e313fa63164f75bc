#include <strata/conformance/header_changes.hpp>

namespace strata::conformance {

std::vector<ChangedHeader> changed_headers(const BlockHeader& block) {
    std::vector<ChangedHeader> out;
    const auto change = [&](const char* field, const auto& edit) {
        ChangedHeader changed{field, block};
        edit(changed.block);
        if (changed.block != block) out.push_back(std::move(changed));
    };
    const auto flip = [](Bytes& bytes) {
        if (!bytes.empty()) bytes.back() ^= 1;
    };
    const auto replace = [](Cid& cid) { cid = Cid::hash_of(Codec::dag_cbor, cid.bytes()); };
    change("miner", [](BlockHeader& b) { b.miner = Address::id(b.miner.as_id().value_or(0) + 1); });
    change("ticket", [&](BlockHeader& b) { flip(b.ticket->vrf_proof); });
    change("win count", [](BlockHeader& b) { ++b.election_proof->win_count; });
    change("election proof", [&](BlockHeader& b) { flip(b.election_proof->vrf_proof); });
    change("beacon entries", [](BlockHeader& b) {
        b.beacon_entries.empty() ? b.beacon_entries.push_back({1, Bytes(48)}) : b.beacon_entries.pop_back();
    });
    change("beacon data", [&](BlockHeader& b) {
        if (!b.beacon_entries.empty()) flip(b.beacon_entries.back().data);
    });
    change("winning proof", [&](BlockHeader& b) { flip(b.win_post_proof.at(0).bytes); });
    change("parents", [&](BlockHeader& b) { replace(b.parents.at(0)); });
    change("parent weight", [](BlockHeader& b) { b.parent_weight += BigInt(1); });
    change("height", [](BlockHeader& b) { ++b.height; });
    change("state root", [&](BlockHeader& b) { replace(b.parent_state_root); });
    change("receipts", [&](BlockHeader& b) { replace(b.parent_message_receipts); });
    change("messages", [&](BlockHeader& b) { replace(b.messages); });
    change("aggregate", [&](BlockHeader& b) { flip(b.bls_aggregate->data); });
    change("timestamp", [](BlockHeader& b) { ++b.timestamp; });
    change("signature", [&](BlockHeader& b) { flip(b.block_sig->data); });
    change("fork signal", [](BlockHeader& b) { ++b.fork_signaling; });
    change("base fee", [](BlockHeader& b) { b.parent_base_fee += BigInt(1); });
    return out;
}

}  // namespace strata::conformance
