#include <strata/types/address.hpp>

#include <charconv>

#include <strata/base/varint.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata {
namespace {

// The sizes come from ref-fvm shared/src/address/mod.rs.
constexpr std::size_t kHashSize = 20;
constexpr std::size_t kBlsSize = 48;
constexpr std::size_t kMaxSubaddress = 54;
constexpr std::size_t kMinStringSize = 3;
constexpr std::size_t kMaxStringSize = 138;
constexpr std::size_t kChecksumSize = 4;
constexpr std::size_t kSecpKeySize = 65;

Result<std::uint64_t> parse_decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > kMaxWireId)
        return fail(Errc::malformed, "address: \"" + std::string(text) + "\" is not a decimal number from 0 to " +
                                         std::to_string(kMaxWireId));
    return value;
}

// Decodes the base32 of a payload and its checksum, checks the checksum and returns the payload. The checksum also
// covers `before`.
Result<Bytes> take_checked(std::string_view text, BytesView before) {
    STRATA_TRY(Bytes all, from_base32(text));
    if (all.size() < kChecksumSize)
        return fail(Errc::truncated, "address: the last part has " + std::to_string(all.size()) +
                                         " bytes, expected at least 4, the size of the checksum");
    const Bytes checksum(all.end() - kChecksumSize, all.end());
    all.resize(all.size() - kChecksumSize);
    Bytes covered = to_bytes(before);
    append(covered, all);
    if (!equal(checksum, crypto::blake2b_32(covered)))
        return fail(Errc::verification,
                    "address: the checksum does not match the rest of the address; check it for typing errors");
    return all;
}

}  // namespace

Address::Address(Protocol protocol, BytesView payload) : size_(static_cast<std::uint8_t>(payload.size() + 1)) {
    STRATA_CHECK(payload.size() < kMaxSize);
    bytes_[0] = static_cast<std::uint8_t>(protocol);
    std::ranges::copy(payload, bytes_.begin() + 1);
}

Address Address::id(ActorId id) {
    return {Protocol::id, uvarint(id)};
}
Address Address::secp256k1(BytesView public_key) {
    STRATA_CHECK(public_key.size() == kSecpKeySize);
    return {Protocol::secp256k1, crypto::blake2b_160(public_key)};
}
Address Address::actor(BytesView seed) {
    return {Protocol::actor, crypto::blake2b_160(seed)};
}
Address Address::bls(BytesView public_key) {
    STRATA_CHECK(public_key.size() == kBlsSize);
    return {Protocol::bls, public_key};
}
Address Address::delegated(ActorId space, BytesView subaddress) {
    STRATA_CHECK(subaddress.size() <= kMaxSubaddress);
    Bytes payload = uvarint(space);
    append(payload, subaddress);
    return {Protocol::delegated, payload};
}

Result<Address> Address::from_bytes(BytesView bytes) {
    if (bytes.size() < 2)
        return fail(Errc::truncated, "address: it has " + std::to_string(bytes.size()) + " bytes, expected at least 2");
    if (bytes.size() > kMaxSize)
        return fail(Errc::too_large, "address: it has " + std::to_string(bytes.size()) + " bytes, expected at most " +
                                         std::to_string(kMaxSize));
    // Only lengths and numbers are checked: an address does not show whether its hash or key means anything.
    const BytesView payload = bytes.subspan(1);
    switch (bytes[0]) {
        case 0: {
            STRATA_OK(parse_uvarint(payload));
            break;
        }
        case 1:
        case 2:
            if (payload.size() != kHashSize)
                return fail(Errc::malformed,
                            "address: the hash has " + std::to_string(payload.size()) + " bytes, expected 20");
            break;
        case 3:
            if (payload.size() != kBlsSize)
                return fail(Errc::malformed,
                            "address: the BLS key has " + std::to_string(payload.size()) + " bytes, expected 48");
            break;
        case 4: {
            BytesView sub = payload;
            STRATA_OK(take_uvarint(sub));
            if (sub.size() > kMaxSubaddress)
                return fail(Errc::too_large, "address: the subaddress has " + std::to_string(sub.size()) +
                                                 " bytes, expected at most " + std::to_string(kMaxSubaddress));
            break;
        }
        default:
            return fail(Errc::malformed, "address: the protocol is " + std::to_string(bytes[0]) + ", expected 0 to 4");
    }
    return Address(static_cast<Protocol>(bytes[0]), payload);
}

Result<Address> Address::parse(std::string_view text) {
    if (text.size() < kMinStringSize || text.size() > kMaxStringSize)
        return fail(Errc::malformed,
                    "address: it has " + std::to_string(text.size()) + " characters, expected 3 to 138");
    if (text[0] != 'f' && text[0] != 't')
        return fail(Errc::malformed, "address: \"" + std::string(text) + "\" begins with neither f nor t");
    const auto body = text.substr(2);
    // A character below '0' wraps around to a number above 4, and is refused with the others.
    const auto protocol = static_cast<std::uint8_t>(text[1] - '0');
    if (protocol == 0) {
        STRATA_TRY(const auto number, parse_decimal(body));
        return id(number);
    }
    if (protocol > 4)
        return fail(Errc::malformed, std::string("address: the protocol is '") + text[1] + "', expected 0 to 4");
    Bytes bytes{protocol};
    if (protocol < 4) {
        STRATA_TRY(const Bytes payload, take_checked(body, bytes));
        append(bytes, payload);
        return from_bytes(bytes);
    }
    // An f4 address is written f4<namespace>f<base32 of subaddress and checksum>.
    const auto separator = body.find('f');
    if (separator == std::string_view::npos)
        return fail(Errc::malformed, "address: the f between the namespace and the subaddress is missing");
    STRATA_TRY(const auto space, parse_decimal(body.substr(0, separator)));
    put_uvarint(bytes, space);
    STRATA_TRY(const Bytes sub, take_checked(body.substr(separator + 1), bytes));
    append(bytes, sub);
    return from_bytes(bytes);
}

Address Address::constant(std::string_view text) {
    auto address = parse(text);
    STRATA_CHECK(address.has_value());
    return *address;
}

std::optional<ActorId> Address::as_id() const {
    if (!defined() || protocol() != Protocol::id) return std::nullopt;
    return *parse_uvarint(payload());
}
bool Address::is_zero_bls() const {
    constexpr std::uint8_t kInfinity = 0xc0;  // the flags "compressed" and "point at infinity" (the identity)
    if (!defined() || protocol() != Protocol::bls) return false;
    const auto key = payload();
    return key[0] == kInfinity && std::ranges::all_of(key.subspan(1), [](std::uint8_t b) { return b == 0; });
}
std::optional<ActorId> Address::delegated_space() const {
    if (!defined() || protocol() != Protocol::delegated) return std::nullopt;
    BytesView rest = payload();
    return *take_uvarint(rest);
}
BytesView Address::subaddress() const {
    BytesView rest = payload();
    if (protocol() == Protocol::delegated) static_cast<void>(take_uvarint(rest));
    return rest;
}

std::string Address::to_string(char prefix) const {
    if (!defined()) return "";
    const std::string head = {prefix, static_cast<char>('0' + bytes_[0])};
    if (const auto number = as_id()) return head + std::to_string(*number);
    const auto checksum = crypto::blake2b_32(bytes());
    const auto space = delegated_space();
    Bytes body = to_bytes(space ? subaddress() : payload());
    append(body, checksum);
    return head + (space ? std::to_string(*space) + "f" : "") + to_base32(body);
}

Result<Address> Address::read_cbor(CborReader& r) {
    STRATA_TRY(const auto bytes, r.bytes());
    return from_bytes(bytes);
}

Status check_wire_address(const Address& address) {
    const auto number = address.as_id() ? address.as_id() : address.delegated_space();
    if (!number || *number <= kMaxWireId) return {};
    return fail(Errc::malformed, "address " + address.to_string() + " has the ID or namespace " +
                                     std::to_string(*number) + ", expected at most " + std::to_string(kMaxWireId));
}

}  // namespace strata
