#include <strata/chain/ethereum_raw.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/rlp.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>

namespace strata::chain {
namespace {

constexpr std::uint8_t kAccessListType = 1;  // EIP-2930
constexpr std::uint8_t kDynamicFeeType = 2;  // EIP-1559
constexpr std::uint8_t kFirstLegacyByte = 0xc0;
constexpr std::size_t kWordBytes = 32;
constexpr std::size_t kAddressBytes = 20;

Error wrong(Errc code, const std::string& what) {
    return fail(code, "Ethereum transaction: " + what);
}

struct Fields {
    std::uint64_t nonce = 0;
    BigInt premium, fee_cap;
    std::uint64_t gas_limit = 0;
    std::optional<ByteArray<kAddressBytes>> to;
    BigInt value;
    BytesView input;
    BigInt v, r, s;
};

// Nonces and gas limits are signed numbers of 64 bits in Lotus.
Status read_small(RlpReader& from, const char* name, std::uint64_t& to) {
    STRATA_TRY(to, from.u64());
    if (to > std::uint64_t{INT64_MAX})
        return wrong(Errc::malformed, std::string(name) + " is " + std::to_string(to) + ", expected less than 2^63");
    return {};
}

Status read_recipient(RlpReader& from, std::optional<ByteArray<kAddressBytes>>& to) {
    STRATA_TRY(const BytesView bytes, from.bytes());
    if (bytes.empty()) return {};
    if (bytes.size() != kAddressBytes)
        return wrong(Errc::malformed, "the recipient has " + std::to_string(bytes.size()) + " bytes, expected 20 or 0");
    std::ranges::copy(bytes, to.emplace().begin());
    return {};
}

Status read_call(RlpReader& from, Fields& to) {
    STRATA_OK(read_small(from, "the gas limit", to.gas_limit));
    STRATA_OK(read_recipient(from, to.to));
    STRATA_TRY(to.value, from.number(kWordBytes));
    STRATA_TRY(to.input, from.bytes());
    return {};
}

Status read_signature(RlpReader& from, Fields& to) {
    STRATA_TRY(to.v, from.number(kWordBytes));
    STRATA_TRY(to.r, from.number(kWordBytes));
    STRATA_TRY(to.s, from.number(kWordBytes));
    if (!from.done()) return wrong(Errc::malformed, "the list has more items than the transaction has fields");
    return {};
}

// Returns the one list that `raw` is.
Result<RlpReader> whole_list(BytesView raw) {
    RlpReader reader(raw);
    STRATA_TRY(auto list, reader.list());
    if (!reader.done()) return wrong(Errc::malformed, "bytes follow the transaction, expected none");
    return list;
}

Result<Fields> read_dynamic_fee(BytesView raw, std::uint64_t chain_id) {
    STRATA_TRY(auto list, whole_list(raw));
    Fields out;
    STRATA_TRY(const std::uint64_t chain, list.u64());
    if (chain != chain_id)
        return wrong(Errc::unsupported,
                     "the chain ID is " + std::to_string(chain) + ", expected " + std::to_string(chain_id));
    STRATA_OK(read_small(list, "the nonce", out.nonce));
    STRATA_TRY(out.premium, list.number(kWordBytes));
    STRATA_TRY(out.fee_cap, list.number(kWordBytes));
    STRATA_OK(read_call(list, out));
    STRATA_TRY(const auto access, list.list());
    if (!access.done()) return wrong(Errc::unsupported, "the access list is not empty, and Filecoin has none");
    STRATA_OK(read_signature(list, out));
    if (out.v != BigInt(0) && out.v != BigInt(1))
        return wrong(Errc::malformed, "v is " + out.v.to_string() + ", expected 0 or 1");
    return out;
}

Result<Fields> read_legacy(BytesView raw) {
    STRATA_TRY(auto list, whole_list(raw));
    Fields out;
    STRATA_OK(read_small(list, "the nonce", out.nonce));
    STRATA_TRY(out.fee_cap, list.number(kWordBytes));
    out.premium = out.fee_cap;
    STRATA_OK(read_call(list, out));
    STRATA_OK(read_signature(list, out));
    return out;
}

void append_word(Bytes& to, const BigInt& value) {
    const Bytes bytes = value.magnitude_be();
    to.insert(to.end(), kWordBytes - bytes.size(), 0);
    append(to, bytes);
}

// Returns the signature of the message, which keeps the form of the transaction. v is checked with the translation
// back.
Signature signature_of(const Fields& fields, bool is_legacy) {
    Bytes data;
    const bool is_homestead = fields.v == BigInt(27) || fields.v == BigInt(28);
    if (is_legacy) data.push_back(is_homestead ? kHomesteadPrefix : kEip155Prefix);
    append_word(data, fields.r);
    append_word(data, fields.s);
    if (is_legacy)
        append(data, fields.v.magnitude_be());
    else
        data.push_back(fields.v.is_zero() ? 0 : 1);
    return {Signature::Type::delegated, std::move(data)};
}

// Returns the f410 address of the key that signed.
Result<Address> signer_of(const SignedMessage& message, std::uint64_t chain_id) {
    STRATA_TRY(const auto signing, ethereum_signing(message, chain_id));
    crypto::secp256k1::Signature signature{};
    std::ranges::copy(signing.signature.data, signature.begin());
    STRATA_TRY(const auto key, crypto::secp256k1::recover(crypto::keccak_256(signing.preimage), signature));
    const Hash256 digest = crypto::keccak_256(BytesView(key).subspan(1));
    return Address::delegated(kEamId, BytesView(digest).last(kAddressBytes));
}

}  // namespace

Result<Message> ethereum_call(const Address& from, const std::optional<ByteArray<20>>& to, BytesView input,
                              TokenAmount value) {
    Message out;
    out.from = from;
    out.to = to ? actors::eam::to_address(*to) : Address::id(kEamId);
    STRATA_OK(check_wire_address(out.to));
    out.method = to ? kMethodInvokeEvm : actors::eam::kCreateExternal;
    out.value = std::move(value);
    if (!input.empty()) {
        CborWriter writer;
        writer.bytes(input);
        out.params = writer.take();
    }
    return out;
}

Result<EthereumRaw> read_ethereum_raw(BytesView raw, std::uint64_t chain_id) {
    if (raw.empty()) return wrong(Errc::malformed, "it is empty");
    if (raw.size() > kMaxRawTransaction)
        return wrong(Errc::malformed, "it has " + std::to_string(raw.size()) + " bytes, expected at most " +
                                          std::to_string(kMaxRawTransaction));
    if (raw[0] == kAccessListType)
        return wrong(Errc::unsupported, "EIP-2930 transaction is not supported: send one of type 2 (EIP-1559)");
    const bool is_legacy = raw[0] >= kFirstLegacyByte;
    if (!is_legacy && raw[0] != kDynamicFeeType)
        return wrong(Errc::unsupported, "unsupported transaction type: the first byte is " + std::to_string(raw[0]) +
                                            ", expected 2 (EIP-1559) or a list (legacy)");
    STRATA_TRY(const Fields fields, is_legacy ? read_legacy(raw) : read_dynamic_fee(raw.subspan(1), chain_id));
    // Any Ethereum address will do until the signer is known.
    const Address nobody = Address::id(kSystemId);
    EthereumRaw out;
    STRATA_TRY(out.message.message, ethereum_call(nobody, fields.to, fields.input, fields.value));
    auto& message = out.message.message;
    message.nonce = fields.nonce;
    message.gas_limit = static_cast<std::int64_t>(fields.gas_limit);
    message.gas_fee_cap = fields.fee_cap;
    message.gas_premium = fields.premium;
    out.message.signature = signature_of(fields, is_legacy);
    STRATA_TRY(message.from, signer_of(out.message, chain_id));
    out.hash = crypto::keccak_256(raw);
    return out;
}

}  // namespace strata::chain
