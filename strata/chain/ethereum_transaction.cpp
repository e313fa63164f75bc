#include <strata/chain/ethereum_transaction.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/types/basic.hpp>

namespace strata::chain {
namespace {

using actors::eam::kCreateExternal;
constexpr std::size_t kSignatureSize = 65;  // r, s, v
constexpr std::uint8_t kHomesteadPrefix = 1;
constexpr std::uint8_t kEip155Prefix = 2;
constexpr std::uint8_t kEip1559Type = 2;

Error wrong(const std::string& what) {
    return fail(Errc::verification, "Ethereum transaction: " + what);
}

// Writes the items of one list in the recursive length prefix encoding (RLP).
class RlpList {
  public:
    RlpList& bytes(BytesView value) {
        if (value.size() == 1 && value[0] < 0x80) {
            items_.push_back(value[0]);
        } else {
            append(items_, head(0x80, value.size()));
            append(items_, value);
        }
        return *this;
    }
    RlpList& number(const BigInt& value) { return bytes(value.magnitude_be()); }
    RlpList& empty_list() {
        items_.push_back(0xc0);
        return *this;
    }
    Bytes take() const {
        Bytes out = head(0xc0, items_.size());
        append(out, items_);
        return out;
    }

  private:
    // A size below 56 is part of the first byte. Otherwise that byte has the length of the size, which follows.
    static Bytes head(unsigned offset, std::size_t size) {
        if (size < 56) return {static_cast<std::uint8_t>(offset + size)};
        const Bytes length = BigInt(static_cast<std::uint64_t>(size)).magnitude_be();
        Bytes out{static_cast<std::uint8_t>(offset + 55 + length.size())};
        append(out, length);
        return out;
    }
    Bytes items_;
};

struct Call {
    Bytes to;  // 20 bytes; empty for a creation
    Bytes input;
};

// Returns the Ethereum address of an ID or f410 address. `whose` begins the refusal.
Result<Bytes> ethereum_address(const Address& address, const char* whose) {
    if (const auto id = address.as_id()) {
        Bytes out(20);
        out[0] = 0xff;
        store_be(out.data() + 12, *id);
        return out;
    }
    const auto named = [&](const char* what) { return wrong(whose + address.to_string() + what); };
    if (address.delegated_space() != kEamId || address.subaddress().size() != 20)
        return named(" has no Ethereum address; expected an f0 or f410 address");
    if (is_masked_id(address.subaddress()))
        return named(" is an f410 address that holds a masked ID; expected the ID address");
    return to_bytes(address.subaddress());
}

// Returns the input of the transaction. A transaction without input has no parameters: an empty byte string would not
// survive translation to Ethereum and back.
Result<Bytes> input_of(BytesView params) {
    if (params.empty()) return Bytes{};
    CborReader reader(params);
    const auto input = reader.bytes();
    if (!input || !reader.done())
        return wrong("the parameters of " + std::to_string(params.size()) +
                     " bytes are not exactly one CBOR byte string");
    if (input->empty()) return wrong("the parameters are an empty byte string, expected no parameters");
    return to_bytes(*input);
}

Result<Call> call_of(const Message& message) {
    Call out;
    STRATA_TRY(out.input, input_of(message.params));
    if (message.to == Address::id(kEamId)) {
        if (message.method != kCreateExternal)
            return wrong("the method called on the EAM is " + std::to_string(message.method) +
                         ", expected CreateExternal (" + std::to_string(kCreateExternal) + ")");
        return out;
    }
    if (message.method != kMethodInvokeEvm)
        return wrong("method is " + std::to_string(message.method) + ", expected InvokeEVM (" +
                     std::to_string(kMethodInvokeEvm) + ")");
    STRATA_TRY(out.to, ethereum_address(message.to, "the recipient "));
    return out;
}

Signature delegated(BytesView r_s, std::uint8_t v) {
    Bytes data = to_bytes(r_s);
    data.push_back(v);
    return {Signature::Type::delegated, std::move(data)};
}

Bytes eip1559(const Message& m, const Call& call, std::uint64_t chain_id) {
    Bytes out{kEip1559Type};
    append(out, RlpList()
                    .number(chain_id)
                    .number(m.nonce)
                    .number(m.gas_premium)
                    .number(m.gas_fee_cap)
                    .number(m.gas_limit)
                    .bytes(call.to)
                    .number(m.value)
                    .bytes(call.input)
                    .empty_list()
                    .take());
    return out;
}

RlpList legacy(const Message& m, const Call& call) {
    RlpList out;
    out.number(m.nonce).number(m.gas_fee_cap).number(m.gas_limit).bytes(call.to).number(m.value).bytes(call.input);
    return out;
}

// `data` is a prefix byte, r and s of 32 bytes each, and v in any number of bytes.
Result<EthereumSigning> legacy_signing(const Message& message, const Call& call, BytesView data,
                                       std::uint64_t chain_id) {
    if (data.size() < 1 + kSignatureSize)
        return wrong("the legacy signature has " + std::to_string(data.size()) + " bytes, expected at least 66");
    if (message.gas_premium != message.gas_fee_cap)
        return wrong("fee cap is " + message.gas_fee_cap.to_string() + " and premium is " +
                     message.gas_premium.to_string() +
                     "; a legacy transaction has one gas price, so they must be equal");
    const BytesView r_s = data.subspan(1, 64);
    const BytesView v_bytes = data.subspan(65);
    const BigInt v = BigInt::from_be(v_bytes);
    if (!equal(v.magnitude_be(), v_bytes)) return wrong("v is " + v.to_string() + " with leading zeros, expected none");
    // The recovery bit is v - 27 before EIP-155, and v - (2 * chain_id + 35) since then.
    const auto parity = [&](const BigInt& base) -> Result<std::uint8_t> {
        if (v == base) return std::uint8_t{0};
        if (v == base + BigInt(1)) return std::uint8_t{1};
        return wrong("v is " + v.to_string() + ", expected " + base.to_string() + " or " +
                     (base + BigInt(1)).to_string());
    };
    // The first byte says whether the transaction was signed before EIP-155 or since.
    if (data[0] == kHomesteadPrefix) {
        STRATA_TRY(const auto bit, parity(27));
        return EthereumSigning{legacy(message, call).take(), delegated(r_s, bit)};
    }
    if (data[0] != kEip155Prefix)
        return wrong("the first byte of a legacy signature is " + std::to_string(data[0]) +
                     ", expected 1 (before EIP-155) or 2 (since then)");
    STRATA_TRY(const auto bit, parity(BigInt(chain_id) * BigInt(2) + BigInt(35)));
    auto fields = legacy(message, call);
    // EIP-155 signs the chain ID and two zeros after the fields of the transaction.
    fields.number(chain_id).number(0).number(0);
    return EthereumSigning{fields.take(), delegated(r_s, bit)};
}

}  // namespace

bool is_masked_id(BytesView address) {
    return address[0] == 0xff && std::ranges::all_of(address.subspan(1, 11), [](std::uint8_t b) { return b == 0; });
}

Result<EthereumSigning> ethereum_signing(const SignedMessage& signed_message, std::uint64_t chain_id) {
    const auto& [message, signature] = signed_message;
    if (message.version != 0) return wrong("version is " + std::to_string(message.version) + ", expected 0");
    // In a block the sender may be an ID; the signature is then that of its actor's f410 address. The pool decides
    // separately which addresses of a sender it accepts (lotus ethtypes, EthAddressFromFilecoinAddress).
    STRATA_OK(ethereum_address(message.from, "the sender "));
    STRATA_TRY(const Call call, call_of(message));
    if (signature.data.size() != kSignatureSize) return legacy_signing(message, call, signature.data, chain_id);
    return EthereumSigning{eip1559(message, call, chain_id), signature};
}

}  // namespace strata::chain
