// Reads parameters from JSON as clients send them.
#include <nlohmann/json.hpp>

#include <strata/api/fault.hpp>
#include <strata/api/json.hpp>
#include <strata/base/hex.hpp>
#include <strata/ipld/bitfield.hpp>

namespace strata::api {
namespace {

constexpr std::size_t kUuidLength = 36;      // hexadecimal digits and four hyphens (RFC 9562 §4)
constexpr std::uint64_t kMaxRuns = 1 << 16;  // the most runs of a bit field
constexpr std::uint64_t kMaxId = INT64_MAX;  // Go's int64 (go-address, newAddress)

/// Makes the refusal of a value. Of arrays and objects, which may be long, it names the type only.
Error wrong_value(const Json& got, const std::string& expected) {
    const std::string shown = got.is_structured() ? "an " + std::string(got.type_name()) : text_of(got).substr(0, 100);
    return fail(Errc::malformed, "got " + shown + ", expected " + expected);
}

bool is_same_without_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

const Json* find_member(const Json& object, std::string_view name) {
    if (!object.is_object()) return nullptr;
    if (const auto exact = object.find(name); exact != object.end()) return &*exact;
    for (const auto& [other, value] : object.items())
        if (is_same_without_case(other, name)) return &value;
    return nullptr;
}

// Go's decoder leaves the zero value where the JSON has null.
Status read(const Json& from, bool& to) {
    to = false;
    if (from.is_null()) return {};
    if (!from.is_boolean()) return wrong_value(from, "true or false");
    to = from.get<bool>();
    return {};
}

Status read(const Json& from, std::int64_t& to) {
    to = 0;
    if (from.is_null()) return {};
    if (!from.is_number_integer()) return wrong_value(from, "a whole number");
    if (from.is_number_unsigned() && from.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
        return wrong_value(from, "a number less than 2^63");
    to = from.get<std::int64_t>();
    return {};
}

Status read(const Json& from, std::uint64_t& to) {
    to = 0;
    if (from.is_null()) return {};
    if (!from.is_number_unsigned()) return wrong_value(from, "a whole number that is not negative");
    to = from.get<std::uint64_t>();
    return {};
}

Status read(const Json& from, double& to) {
    to = 0;
    if (from.is_null()) return {};
    if (!from.is_number()) return wrong_value(from, "a number");
    to = from.get<double>();
    return {};
}

Status read(const Json& from, std::string& to) {
    to.clear();
    if (from.is_null()) return {};
    if (!from.is_string()) return wrong_value(from, "a string");
    to = from.get_ref<const std::string&>();
    return {};
}

Status read(const Json& from, Bytes& to) {
    to.clear();
    if (from.is_null()) return {};
    if (!from.is_string()) return wrong_value(from, "bytes as a string in base64");
    STRATA_TRY(to, from_base64(from.get_ref<const std::string&>()));
    return {};
}

Status read(const Json& from, Cid& to) {
    const auto it = from.is_object() ? from.find("/") : from.end();
    if (it == from.end() || !it->is_string()) return wrong_value(from, "a CID {\"/\": ...}");
    STRATA_TRY(to, Cid::parse(it->get_ref<const std::string&>()));
    return {};
}

Status read(const Json& from, Address& to) {
    to = Address();
    if (from.is_null()) return {};
    if (!from.is_string()) return wrong_value(from, "an address as a string");
    const auto& text = from.get_ref<const std::string&>();
    // In Go, both strings are the undefined address.
    if (text.empty() || text == "<empty>") return {};
    STRATA_TRY(to, Address::parse(text));
    if (to.as_id().value_or(0) > kMaxId || to.delegated_space().value_or(0) > kMaxId)
        return wrong_value(from, "an address whose ID or namespace is less than 2^63");
    return {};
}

Status read(const Json& from, BigInt& to) {
    if (!from.is_string()) return wrong_value(from, "a number as a string");
    // Go's big.Int reads one leading plus sign; BigInt::parse does not.
    std::string_view digits = from.get_ref<const std::string&>();
    if (digits.starts_with('+') && !digits.starts_with("+-") && !digits.starts_with("++")) digits.remove_prefix(1);
    STRATA_TRY(to, BigInt::parse(digits));
    return {};
}

Status read(const Json& from, TipsetKey& to) {
    std::vector<Cid> cids;
    if (!from.is_null() && !from.is_array()) return wrong_value(from, "a list of CIDs");
    for (const auto& item : from) {
        STRATA_OK(read(item, cids.emplace_back()));
    }
    to = TipsetKey(std::move(cids));
    return {};
}

Status read(const Json& from, BitField& to) {
    if (!from.is_array()) return wrong_value(from, "a bit field as a list of run lengths");
    if (from.size() > kMaxRuns)
        return fail(Errc::malformed, "the bit field has " + std::to_string(from.size()) + " runs, expected at most " +
                                         std::to_string(kMaxRuns));
    std::vector<BitField::Range> ranges;
    std::uint64_t at = 0;
    bool is_ones = false;  // the first run is of zeros
    for (const auto& item : from) {
        std::uint64_t run = 0;
        STRATA_OK(read(item, run));
        if (run > UINT64_MAX - at)
            return fail(Errc::malformed, "the run lengths of the bit field add up to more than 2^64 - 1");
        // If a run of zeros has length 0, the runs of ones around it touch, and are one range.
        const bool joins = !ranges.empty() && ranges.back().end == at;
        at += run;
        if (is_ones && run != 0 && joins) ranges.back().end = at;
        if (is_ones && run != 0 && !joins) ranges.push_back({at - run, at});
        is_ones = !is_ones;
    }
    to = BitField::from_ranges(std::move(ranges));
    return {};
}

Status read(const Json& from, Signature& to) {
    if (!from.is_object()) return wrong_value(from, "a signature as an object");
    std::uint64_t type = 0;
    STRATA_OK(read_member(from, "Type", type));
    STRATA_OK(read_member(from, "Data", to.data));
    if (type < 1 || type > 3)
        return fail(Errc::malformed, "the signature has type " + std::to_string(type) +
                                         ", expected 1 (secp256k1), 2 (BLS) or 3 (delegated)");
    to.type = static_cast<Signature::Type>(type);
    return {};
}

Status read(const Json& from, Message& to) {
    if (!from.is_object()) return wrong_value(from, "a message as an object");
    STRATA_OK(read_member(from, "Version", to.version));
    STRATA_OK(read_member(from, "To", to.to));
    STRATA_OK(read_member(from, "From", to.from));
    STRATA_OK(read_member(from, "Nonce", to.nonce));
    STRATA_OK(read_member(from, "Value", to.value));
    STRATA_OK(read_member(from, "GasLimit", to.gas_limit));
    STRATA_OK(read_member(from, "GasFeeCap", to.gas_fee_cap));
    STRATA_OK(read_member(from, "GasPremium", to.gas_premium));
    STRATA_OK(read_member(from, "Method", to.method));
    STRATA_OK(read_member(from, "Params", to.params));
    if (!to.to.defined() || !to.from.defined())
        return fail(Errc::malformed, std::string("the message has no ") + (to.to.defined() ? "From" : "To") +
                                         " address, expected both To and From");
    return {};
}

Status read(const Json& from, Draft& to) {
    STRATA_OK(read(from, to.message));
    const Json* params = find_member(from, "Params");
    to.has_params = params != nullptr && !params->is_null();
    return {};
}

Status read(const Json& from, SignedMessage& to) {
    if (!from.is_object()) return wrong_value(from, "a signed message as an object");
    const Json* message = find_member(from, "Message");
    const Json* signature = find_member(from, "Signature");
    if (message == nullptr || signature == nullptr)
        return fail(Errc::malformed, std::string("the signed message has no ") +
                                         (message == nullptr ? "Message" : "Signature") +
                                         ", expected both Message and Signature");
    STRATA_OK(read(*message, to.message));
    return read(*signature, to.signature);
}

Status read(const Json& from, SendSpec& to) {
    if (!from.is_object()) return wrong_value(from, "a send specification as an object");
    STRATA_OK(read_member(from, "MaxFee", to.max_fee));
    STRATA_OK(read_member(from, "MaximizeFeeCap", to.maximize_fee_cap));
    STRATA_OK(read_member(from, "MsgUuid", to.uuid));
    std::ranges::transform(to.uuid, to.uuid.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!to.uuid.empty() && to.uuid.size() != kUuidLength) return wrong_value(from, "a UUID of 36 characters");
    // The UUID of zeros is Go's value for none.
    if (to.uuid.find_first_not_of("0-") == std::string::npos) to.uuid.clear();
    return {};
}

Status read(const Json& from, PoolConfig& to) {
    if (!from.is_object()) return wrong_value(from, "the pool's configuration as an object");
    STRATA_OK(read_member(from, "SizeLimitHigh", to.high));
    STRATA_OK(read_member(from, "SizeLimitLow", to.low));
    STRATA_OK(read_member(from, "ReplaceByFeeRatio", to.replace_by_fee_ratio));
    STRATA_OK(read_member(from, "PruneCooldown", to.prune_cooldown));
    return read_member(from, "GasLimitOverestimation", to.gas_limit_overestimation);
}

Status read(const Json& from, PeerAddresses& to) {
    if (!from.is_object()) return wrong_value(from, "a peer as an object");
    STRATA_OK(read_member(from, "ID", to.id));
    return read_member(from, "Addrs", to.addresses);
}

Status read(const Json& from, KeyRecord& to) {
    if (!from.is_object()) return fail(Errc::malformed, "expected a key as an object");
    to.json = from.dump();
    return {};
}

Status read(const Json& from, BlockMsg& to) {
    if (!from.is_object()) return wrong_value(from, "a block as an object");
    STRATA_OK(read_member(from, "Header", to.header));
    STRATA_OK(read_member(from, "BlsMessages", to.bls_messages));
    return read_member(from, "SecpkMessages", to.secp_messages);
}

Status read(const Json& from, Ticket& to) {
    return from.is_object() ? read_member(from, "VRFProof", to.vrf_proof) : wrong_value(from, "a ticket as an object");
}

Status read(const Json& from, ElectionProof& to) {
    if (!from.is_object()) return wrong_value(from, "an election proof as an object");
    STRATA_OK(read_member(from, "WinCount", to.win_count));
    return read_member(from, "VRFProof", to.vrf_proof);
}

Status read(const Json& from, BeaconEntry& to) {
    if (!from.is_object()) return wrong_value(from, "a beacon entry as an object");
    STRATA_OK(read_member(from, "Round", to.round));
    return read_member(from, "Data", to.data);
}

Status read(const Json& from, PoStProof& to) {
    if (!from.is_object()) return wrong_value(from, "a proof as an object");
    std::int64_t type = 0;
    STRATA_OK(read_member(from, "PoStProof", type));
    to.proof = static_cast<RegisteredPoStProof>(type);
    return read_member(from, "ProofBytes", to.bytes);
}

Status read(const Json& from, BlockHeader& to) {
    if (!from.is_object()) return wrong_value(from, "a block header as an object");
    STRATA_OK(read_member(from, "Miner", to.miner));
    STRATA_OK(read_member(from, "Ticket", to.ticket));
    STRATA_OK(read_member(from, "ElectionProof", to.election_proof));
    STRATA_OK(read_member(from, "BeaconEntries", to.beacon_entries));
    STRATA_OK(read_member(from, "WinPoStProof", to.win_post_proof));
    STRATA_OK(read_member(from, "Parents", to.parents));
    STRATA_OK(read_member(from, "ParentWeight", to.parent_weight));
    STRATA_OK(read_member(from, "Height", to.height));
    STRATA_OK(read_member(from, "ParentStateRoot", to.parent_state_root));
    STRATA_OK(read_member(from, "ParentMessageReceipts", to.parent_message_receipts));
    STRATA_OK(read_member(from, "Messages", to.messages));
    STRATA_OK(read_member(from, "BLSAggregate", to.bls_aggregate));
    STRATA_OK(read_member(from, "Timestamp", to.timestamp));
    STRATA_OK(read_member(from, "BlockSig", to.block_sig));
    STRATA_OK(read_member(from, "ForkSignaling", to.fork_signaling));
    return read_member(from, "ParentBaseFee", to.parent_base_fee);
}

Status read(const Json& from, PledgedSector& to) {
    if (!from.is_object()) return wrong_value(from, "a pre-commitment as an object");
    STRATA_OK(read_member(from, "SealProof", to.seal_proof));
    STRATA_OK(read_member(from, "Expiration", to.expiration));
    return read_member(from, "DealIDs", to.deal_ids);
}

}  // namespace strata::api
