#include <strata/net/identify.hpp>

#include <strata/base/protobuf.hpp>

namespace strata::net {
namespace {

// The field numbers of Identify.
constexpr std::uint64_t kPublicKey = 1;
constexpr std::uint64_t kListen = 2;
constexpr std::uint64_t kProtocols = 3;
constexpr std::uint64_t kObserved = 4;
constexpr std::uint64_t kVersion = 5;
constexpr std::uint64_t kAgent = 6;
constexpr std::uint64_t kSignedRecord = 8;

// Old peers read no longer messages (go-libp2p id.go legacyIDSize).
constexpr std::size_t kMaxWithRecord = 2 << 10;

void put_message(Bytes& to, const Identify& message) {
    const Bytes body = encode_identify(message);
    put_uvarint(to, body.size());
    append(to, body);
}

void merge_field(Identify& into, std::uint64_t number, BytesView body) {
    switch (number) {
        case kPublicKey:
            into.public_key = to_bytes(body);
            break;
        case kListen: {
            auto address = Multiaddr::from_bytes(body);
            if (address && into.listen.size() < Identify::kMaxAddresses) into.listen.push_back(std::move(*address));
            break;
        }
        case kProtocols:
            if (into.protocols.size() < Identify::kMaxProtocols) into.protocols.emplace_back(as_text(body));
            break;
        case kObserved: {
            auto address = Multiaddr::from_bytes(body);
            if (address) into.observed = std::move(*address);
            break;
        }
        case kVersion:
            into.version = as_text(body);
            break;
        case kAgent:
            into.agent = as_text(body);
            break;
        case kSignedRecord:
            into.signed_record = to_bytes(body);
            break;
        default:
            break;
    }
}

}  // namespace

Bytes encode_identify(const Identify& message) {
    Bytes out;
    if (message.public_key) protobuf::put_body(out, kPublicKey, *message.public_key);
    for (const auto& address : message.listen) protobuf::put_body(out, kListen, address.bytes());
    for (const auto& protocol : message.protocols) protobuf::put_body(out, kProtocols, as_bytes(protocol));
    if (message.observed) protobuf::put_body(out, kObserved, message.observed->bytes());
    if (message.version) protobuf::put_body(out, kVersion, as_bytes(*message.version));
    if (message.agent) protobuf::put_body(out, kAgent, as_bytes(*message.agent));
    if (message.signed_record) protobuf::put_body(out, kSignedRecord, *message.signed_record);
    return out;
}

Status merge_identify(Identify& into, BytesView message) {
    while (!message.empty()) {
        STRATA_TRY(const auto field, protobuf::take_any_field(message));
        if (field.number > kSignedRecord) continue;
        STRATA_TRY(const auto body, protobuf::body_of(field));
        merge_field(into, field.number, body);
    }
    return {};
}

void apply_push(Identify& known, Identify&& pushed) {
    if (pushed.public_key) known.public_key = std::move(pushed.public_key);
    if (!pushed.listen.empty()) known.listen = std::move(pushed.listen);
    if (!pushed.protocols.empty()) known.protocols = std::move(pushed.protocols);
    if (pushed.observed) known.observed = std::move(pushed.observed);
    if (pushed.version) known.version = std::move(pushed.version);
    if (pushed.agent) known.agent = std::move(pushed.agent);
    if (pushed.signed_record) known.signed_record = std::move(pushed.signed_record);
}

Bytes identify_answer(const Identify& message) {
    Bytes out;
    if (!message.signed_record || encode_identify(message).size() <= kMaxWithRecord) {
        put_message(out, message);
        return out;
    }
    Identify first = message;
    Identify second;
    second.signed_record = std::move(first.signed_record);
    first.signed_record.reset();
    put_message(out, first);
    put_message(out, second);
    return out;
}

Status IdentifyReader::on_bytes(BytesView bytes) {
    received_.push(bytes);
    while (!received_.empty()) {
        BytesView rest = received_.view();
        const auto size = take_uvarint(rest);
        if (!size && size.error().code() == Errc::truncated) return {};
        if (!size) return size.error();
        if (*size > Identify::kMaxMessage)
            return fail(Errc::too_large, "the identify message has " + std::to_string(*size) +
                                             " bytes, expected at most " + std::to_string(Identify::kMaxMessage));
        if (*size > rest.size()) return {};
        if (++messages_ > Identify::kMaxMessages)
            return fail(Errc::too_large,
                        "the identify answer has more than " + std::to_string(Identify::kMaxMessages) + " messages");
        STRATA_OK(merge_identify(merged_, rest.first(*size)));
        received_.drop(received_.size() - rest.size() + *size);
    }
    return {};
}

Result<Identify> IdentifyReader::finish() {
    if (!received_.empty() || messages_ == 0)
        return fail(Errc::truncated, "the peer finished the identify stream " +
                                         std::string(messages_ == 0 ? "without a message" : "inside a message"));
    return std::move(merged_);
}

}  // namespace strata::net
