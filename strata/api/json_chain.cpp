// JSON of messages, blocks and tipsets.
#include <nlohmann/json.hpp>

#include <strata/api/json.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::api {

std::string Printer::with_prefix(std::string text) const {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find_first_not_of(kLetters, at), text.size());
        const auto word = std::string_view(text).substr(at, end - at);
        if (word.starts_with('f') && Address::parse(word)) text[at] = prefix_;
        at = std::max(end, at) + 1;
    }
    return text;
}

Json Printer::operator()(const Cid& cid) const {
    // As go-cid prints a CID that is not defined (cid.go MarshalJSON).
    if (!cid.defined()) return Json();
    return {{"/", cid.to_string()}};
}
Json Printer::operator()(const Address& address) const {
    return text(address);
}
Json Printer::operator()(const BigInt& number) const {
    return number.to_string();
}
Json Printer::operator()(BytesView bytes) const {
    return to_base64(bytes);
}
Json Printer::bytes_or_null(BytesView bytes) const {
    return bytes.empty() ? Json() : (*this)(bytes);
}
Json Printer::id(ActorId actor) const {
    return text(Address::id(actor));
}
Json Printer::operator()(const chain::TipsetPtr& tipset) const {
    return (*this)(*tipset);
}
Json Printer::operator()(const TipsetKey& key) const {
    return list(key.cids());
}

// Like Go, this prints an empty field as [0].
Json Printer::operator()(const BitField& field) const {
    Json runs = Json::array();
    std::uint64_t at = 0;
    for (const auto& range : field.ranges()) {
        runs.push_back(range.begin - at);
        runs.push_back(range.end - range.begin);
        at = range.end;
    }
    if (runs.empty()) runs.push_back(0);
    return runs;
}

Json Printer::operator()(const Signature& signature) const {
    return {{"Type", static_cast<int>(signature.type)}, {"Data", (*this)(BytesView(signature.data))}};
}

Json Printer::operator()(const Message& message) const {
    return {{"Version", message.version},
            {"To", (*this)(message.to)},
            {"From", (*this)(message.from)},
            {"Nonce", message.nonce},
            {"Value", (*this)(message.value)},
            {"GasLimit", message.gas_limit},
            {"GasFeeCap", (*this)(message.gas_fee_cap)},
            {"GasPremium", (*this)(message.gas_premium)},
            {"Method", message.method},
            {"Params", bytes_or_null(message.params)},
            {"CID", (*this)(message.cid())}};
}

Json Printer::operator()(const SignedMessage& message) const {
    return {{"Message", (*this)(message.message)},
            {"Signature", (*this)(message.signature)},
            {"CID", (*this)(message.cid())}};
}

Json Printer::operator()(const Receipt& receipt) const {
    return {{"ExitCode", receipt.exit_code},
            {"Return", bytes_or_null(receipt.return_data)},
            {"GasUsed", receipt.gas_used},
            {"EventsRoot", (*this)(receipt.events_root)}};
}

Json Printer::operator()(const BeaconEntry& entry) const {
    return {{"Round", entry.round}, {"Data", bytes_or_null(entry.data)}};
}

Json Printer::operator()(const BlockHeader& header) const {
    Json ticket;
    if (header.ticket) ticket = {{"VRFProof", bytes_or_null(header.ticket->vrf_proof)}};
    Json election;
    if (header.election_proof)
        election = {{"WinCount", header.election_proof->win_count},
                    {"VRFProof", bytes_or_null(header.election_proof->vrf_proof)}};
    Json proofs;
    for (const auto& proof : header.win_post_proof)
        proofs.push_back(
            {{"PoStProof", static_cast<std::int64_t>(proof.proof)}, {"ProofBytes", bytes_or_null(proof.bytes)}});
    return {{"Miner", (*this)(header.miner)},
            {"Ticket", std::move(ticket)},
            {"ElectionProof", std::move(election)},
            {"BeaconEntries", list_or_null(header.beacon_entries)},
            {"WinPoStProof", std::move(proofs)},
            {"Parents", list_or_null(header.parents)},
            {"ParentWeight", (*this)(header.parent_weight)},
            {"Height", header.height},
            {"ParentStateRoot", (*this)(header.parent_state_root)},
            {"ParentMessageReceipts", (*this)(header.parent_message_receipts)},
            {"Messages", (*this)(header.messages)},
            {"BLSAggregate", (*this)(header.bls_aggregate)},
            {"Timestamp", header.timestamp},
            {"BlockSig", (*this)(header.block_sig)},
            {"ForkSignaling", header.fork_signaling},
            {"ParentBaseFee", (*this)(header.parent_base_fee)}};
}

Json Printer::operator()(const chain::Tipset& tipset) const {
    return {{"Cids", list(tipset.cids())}, {"Blocks", list(tipset.blocks())}, {"Height", tipset.height()}};
}

}  // namespace strata::api
