#include <strata/p2p/bitswap_messages.hpp>

#include <strata/base/protobuf.hpp>

namespace strata::p2p {
namespace {

// The field numbers of Message, Wantlist, Entry, Block and BlockPresence.
constexpr std::uint64_t kWantlist = 1, kBareBlocks = 2, kPayload = 3, kPresences = 4, kPendingBytes = 5;
constexpr std::uint64_t kEntries = 1, kFull = 2;
constexpr std::uint64_t kBlock = 1, kPriority = 2, kCancel = 3, kWantType = 4, kSendDontHave = 5;
constexpr std::uint64_t kPrefix = 1, kData = 2;
constexpr std::uint64_t kCid = 1, kType = 2, kDontHave = 1;

/// An int32 is written as one of 64 bits, and read from the lower 32.
std::uint64_t wide(std::int32_t value) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

Result<BitswapWant> decode_want(BytesView body) {
    BitswapWant out{.priority = 0};
    while (!body.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(body));
        if (field.number < kBlock || field.number > kSendDontHave) continue;
        if (field.number == kBlock) {
            STRATA_TRY(const auto bytes, protobuf::body_of(field));
            STRATA_TRY(out.cid, Cid::from_bytes(bytes));
            continue;
        }
        STRATA_TRY(const auto value, protobuf::number_of(field));
        if (field.number == kPriority) out.priority = static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
        if (field.number == kCancel) out.cancels = value != 0;
        if (field.number == kWantType) out.asks_whether = value != 0;
        if (field.number == kSendDontHave) out.wants_refusal = value != 0;
    }
    if (!out.cid.defined()) return fail(Errc::malformed, "an entry of the wantlist has no CID");
    return out;
}

Bytes encode_want(const BitswapWant& want) {
    Bytes out;
    protobuf::put_body(out, kBlock, want.cid.bytes());
    if (want.priority != 0) protobuf::put_number(out, kPriority, wide(want.priority));
    if (want.cancels) protobuf::put_number(out, kCancel, 1);
    if (want.asks_whether) protobuf::put_number(out, kWantType, 1);
    if (want.wants_refusal) protobuf::put_number(out, kSendDontHave, 1);
    return out;
}

/// Returns what a CID is made of beside the digest.
Bytes prefix_of(const Cid& cid) {
    Bytes out;
    put_uvarint(out, cid.version());
    put_uvarint(out, static_cast<std::uint64_t>(cid.codec()));
    put_uvarint(out, static_cast<std::uint64_t>(cid.hash()));
    put_uvarint(out, cid.digest().size());
    return out;
}

}  // namespace

Result<BitswapRequest> decode_bitswap(BytesView message) {
    BitswapRequest out;
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number != kWantlist) continue;
        STRATA_TRY(auto list, protobuf::body_of(field));
        while (!list.empty()) {
            STRATA_TRY(const auto inner, protobuf::take_any_field(list));
            if (inner.number == kFull) {
                STRATA_TRY(const auto value, protobuf::number_of(inner));
                out.replaces = value != 0;
            }
            if (inner.number != kEntries) continue;
            STRATA_TRY(const auto entry, protobuf::body_of(inner));
            if (out.wants.size() == BitswapRequest::kMaxWants) continue;
            STRATA_TRY(auto want, decode_want(entry));
            out.wants.push_back(want);
        }
    }
    return out;
}

Bytes encode_bitswap(const BitswapRequest& request) {
    Bytes list;
    for (const auto& want : request.wants) protobuf::put_body(list, kEntries, encode_want(want));
    if (request.replaces) protobuf::put_number(list, kFull, 1);
    Bytes out;
    protobuf::put_body(out, kWantlist, list);
    return out;
}

Bytes encode_bitswap(const BitswapAnswer& answer, BitswapForm form) {
    Bytes out;
    protobuf::put_body(out, kWantlist, {});  // boxo always writes one
    for (const auto& block : answer.blocks) {
        if (form == BitswapForm::bare) {
            protobuf::put_body(out, kBareBlocks, block.data);
            continue;
        }
        Bytes body;
        protobuf::put_body(body, kPrefix, prefix_of(block.cid));
        protobuf::put_body(body, kData, block.data);
        protobuf::put_body(out, kPayload, body);
    }
    if (form == BitswapForm::bare) return out;
    for (const auto& presence : answer.presences) {
        Bytes body;
        protobuf::put_body(body, kCid, presence.cid.bytes());
        if (!presence.is_here) protobuf::put_number(body, kType, kDontHave);
        protobuf::put_body(out, kPresences, body);
    }
    if (answer.pending_bytes != 0) protobuf::put_number(out, kPendingBytes, wide(answer.pending_bytes));
    return out;
}

}  // namespace strata::p2p
