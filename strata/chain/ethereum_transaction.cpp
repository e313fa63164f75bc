#include <strata/chain/ethereum_transaction.hpp>

namespace strata::chain {
namespace {

constexpr MethodNumber kCreateExternal = 4;           // of the EAM
constexpr MethodNumber kInvokeContract = 3844450837;  // FRC-42 "InvokeEVM"
constexpr std::size_t kSignatureSize = 65;            // r, s, v
constexpr std::uint8_t kHomesteadPrefix = 1;
constexpr std::uint8_t kEip155Prefix = 2;
constexpr std::uint8_t kEip1559Type = 2;

Error wrong(const char* what) {
    return fail(Errc::verification, std::string("Ethereum transaction: ") + what);
}

// Recursive length prefix: items of one list.
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

bool is_masked_id(BytesView address) {
    return address[0] == 0xff && std::ranges::all_of(address.subspan(1, 11), [](std::uint8_t b) { return b == 0; });
}

Result<Bytes> ethereum_address(const Address& address) {
    if (const auto id = address.as_id()) {
        Bytes out(20);
        out[0] = 0xff;
        store_be(out.data() + 12, *id);
        return out;
    }
    if (address.delegated_space() != kEamId || address.subaddress().size() != 20)
        return wrong("recipient has no address");
    if (is_masked_id(address.subaddress())) return wrong("recipient is an ID in disguise");
    return to_bytes(address.subaddress());
}

// No parameters stand for no input; a byte string that is empty would come back as none.
Result<Bytes> input_of(BytesView params) {
    if (params.empty()) return Bytes{};
    CborReader reader(params);
    const auto input = reader.bytes();
    if (!input || !reader.done()) return wrong("parameters are not one byte string");
    if (input->empty()) return wrong("an empty byte string as parameters");
    return to_bytes(*input);
}

Result<Call> call_of(const Message& message) {
    Call out;
    STRATA_TRY(out.input, input_of(message.params));
    if (message.to == Address::id(kEamId)) {
        if (message.method != kCreateExternal) return wrong("a method of the EAM that has no transaction");
        return out;
    }
    if (message.method != kInvokeContract) return wrong("a method other than InvokeEVM");
    STRATA_TRY(out.to, ethereum_address(message.to));
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

Result<EthereumSigning> legacy_signing(const Message& message, const Call& call, BytesView data,
                                       std::uint64_t chain_id) {
    if (data.size() < 1 + kSignatureSize) return wrong("signature too short");
    if (message.gas_premium != message.gas_fee_cap) return wrong("a legacy transaction has one gas price");
    const BytesView r_s = data.subspan(1, 64);
    const BytesView v_bytes = data.subspan(65);
    const BigInt v = BigInt::from_be(v_bytes);
    if (!equal(v.magnitude_be(), v_bytes)) return wrong("v with leading zeros");
    const auto parity = [&](const BigInt& base) -> Result<std::uint8_t> {
        if (v == base) return std::uint8_t{0};
        if (v == base + BigInt(1)) return std::uint8_t{1};
        return wrong("v is not of this chain");
    };
    if (data[0] == kHomesteadPrefix) {
        STRATA_TRY(const auto bit, parity(27));
        return EthereumSigning{legacy(message, call).take(), delegated(r_s, bit)};
    }
    if (data[0] != kEip155Prefix) return wrong("unknown kind of signature");
    STRATA_TRY(const auto bit, parity(BigInt(chain_id) * BigInt(2) + BigInt(35)));
    auto fields = legacy(message, call);
    fields.number(chain_id).number(0).number(0);
    return EthereumSigning{fields.take(), delegated(r_s, bit)};
}

}  // namespace

Result<EthereumSigning> ethereum_signing(const SignedMessage& signed_message, std::uint64_t chain_id) {
    const auto& [message, signature] = signed_message;
    if (message.version != 0) return wrong("version");
    if (message.from.delegated_space() != kEamId) return wrong("sender has no Ethereum address");
    STRATA_TRY(const Call call, call_of(message));
    if (signature.data.size() != kSignatureSize) return legacy_signing(message, call, signature.data, chain_id);
    return EthereumSigning{eip1559(message, call, chain_id), signature};
}

}  // namespace strata::chain
