#include <strata/chain/ethereum_transaction.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/types/basic.hpp>

namespace strata::chain {
namespace {

using actors::eam::kCreateExternal;
constexpr std::size_t kSignatureSize = 65;  // r, s, v
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
    std::optional<EthereumAddress> to;  // empty for a creation
    Bytes input;

    BytesView recipient() const { return to ? BytesView(*to) : BytesView(); }
};

// Returns the Ethereum address of an ID or f410 address. `whose` begins the refusal.
Result<EthereumAddress> address_of(const Address& address, const char* whose) {
    auto out = ethereum_address(address);
    if (!out) return wrong(whose + out.error().message());
    return *out;
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
    STRATA_TRY(out.to, address_of(message.to, "the recipient "));
    return out;
}

Signature delegated(BytesView r_s, std::uint8_t v) {
    Bytes data = to_bytes(r_s);
    data.push_back(v);
    return {Signature::Type::delegated, std::move(data)};
}

RlpList eip1559(const Message& m, const Call& call, std::uint64_t chain_id) {
    RlpList out;
    out.number(chain_id)
        .number(m.nonce)
        .number(m.gas_premium)
        .number(m.gas_fee_cap)
        .number(m.gas_limit)
        .bytes(call.recipient())
        .number(m.value)
        .bytes(call.input)
        .empty_list();
    return out;
}

// A typed transaction is its type and a list (EIP-2718).
Bytes typed(const RlpList& list) {
    Bytes out{kEip1559Type};
    append(out, list.take());
    return out;
}

RlpList legacy(const Message& m, const Call& call) {
    RlpList out;
    out.number(m.nonce)
        .number(m.gas_fee_cap)
        .number(m.gas_limit)
        .bytes(call.recipient())
        .number(m.value)
        .bytes(call.input);
    return out;
}

// The parts of a delegated signature. `parity` is the recovery bit; for EIP-1559 it is v itself, which the check of the
// signature judges.
struct Parts {
    EthereumForm form = EthereumForm::eip1559;
    BytesView r_s;
    BigInt v;
    std::uint8_t parity = 0;
};

// `data` is a prefix byte, r and s of 32 bytes each, and v in any number of bytes.
Result<Parts> legacy_parts(const Message& message, BytesView data, std::uint64_t chain_id) {
    if (data.size() < 1 + kSignatureSize)
        return wrong("the legacy signature has " + std::to_string(data.size()) + " bytes, expected at least 66");
    if (message.gas_premium != message.gas_fee_cap)
        return wrong("fee cap is " + message.gas_fee_cap.to_string() + " and premium is " +
                     message.gas_premium.to_string() +
                     "; a legacy transaction has one gas price, so they must be equal");
    const BytesView v_bytes = data.subspan(65);
    const BigInt v = BigInt::from_be(v_bytes);
    if (!equal(v.magnitude_be(), v_bytes)) return wrong("v is " + v.to_string() + " with leading zeros, expected none");
    // The recovery bit is v - 27 before EIP-155, and v - (2 * chain_id + 35) since then.
    const auto with_bit_over = [&](EthereumForm form, const BigInt& base) -> Result<Parts> {
        if (v == base || v == base + BigInt(1))
            return Parts{form, data.subspan(1, 64), v, static_cast<std::uint8_t>(v == base ? 0 : 1)};
        return wrong("v is " + v.to_string() + ", expected " + base.to_string() + " or " +
                     (base + BigInt(1)).to_string());
    };
    // The first byte says whether the transaction was signed before EIP-155 or since.
    if (data[0] == kHomesteadPrefix) return with_bit_over(EthereumForm::homestead, 27);
    if (data[0] == kEip155Prefix) return with_bit_over(EthereumForm::eip155, BigInt(chain_id) * BigInt(2) + BigInt(35));
    return wrong("the first byte of a legacy signature is " + std::to_string(data[0]) +
                 ", expected 1 (before EIP-155) or 2 (since then)");
}

struct Translated {
    Call call;
    Parts parts;
};

Result<Translated> translate(const SignedMessage& signed_message, std::uint64_t chain_id) {
    const auto& [message, signature] = signed_message;
    if (message.version != 0) return wrong("version is " + std::to_string(message.version) + ", expected 0");
    // In a block the sender may be an ID; the signature is then that of its actor's f410 address. The pool decides
    // separately which addresses of a sender it accepts (lotus ethtypes, EthAddressFromFilecoinAddress).
    STRATA_OK(address_of(message.from, "the sender "));
    Translated out;
    STRATA_TRY(out.call, call_of(message));
    const BytesView data = signature.data;
    if (data.size() == kSignatureSize) {
        out.parts = {EthereumForm::eip1559, data.first(64), BigInt(unsigned{data[64]}), data[64]};
    } else {
        STRATA_TRY(out.parts, legacy_parts(message, data, chain_id));
    }
    return out;
}

Bytes signed_rlp(const Message& message, const Translated& from, std::uint64_t chain_id) {
    const auto finish = [&](RlpList list) {
        list.number(from.parts.v)
            .number(BigInt::from_be(from.parts.r_s.first(32)))
            .number(BigInt::from_be(from.parts.r_s.last(32)));
        return list;
    };
    if (from.parts.form == EthereumForm::eip1559) return typed(finish(eip1559(message, from.call, chain_id)));
    return finish(legacy(message, from.call)).take();
}

}  // namespace

Result<EthereumSigning> ethereum_signing(const SignedMessage& signed_message, std::uint64_t chain_id) {
    const Message& message = signed_message.message;
    STRATA_TRY(const auto from, translate(signed_message, chain_id));
    if (from.parts.form == EthereumForm::eip1559)
        return EthereumSigning{typed(eip1559(message, from.call, chain_id)), signed_message.signature};
    auto fields = legacy(message, from.call);
    // EIP-155 signs the chain ID and two zeros after the fields of the transaction.
    if (from.parts.form == EthereumForm::eip155) fields.number(chain_id).number(0).number(0);
    return EthereumSigning{fields.take(), delegated(from.parts.r_s, from.parts.parity)};
}

Result<EthereumTransaction> ethereum_transaction(const SignedMessage& message, std::uint64_t chain_id) {
    STRATA_TRY(auto from, translate(message, chain_id));
    return EthereumTransaction{.form = from.parts.form,
                               .to = from.call.to,
                               .input = from.call.input,
                               .v = from.parts.v,
                               .r = BigInt::from_be(from.parts.r_s.first(32)),
                               .s = BigInt::from_be(from.parts.r_s.last(32)),
                               .hash = crypto::keccak_256(signed_rlp(message.message, from, chain_id))};
}

Result<Hash256> ethereum_hash(const SignedMessage& message, std::uint64_t chain_id) {
    if (message.signature.type == Signature::Type::delegated) {
        STRATA_TRY(const auto transaction, ethereum_transaction(message, chain_id));
        return transaction.hash;
    }
    Hash256 out{};
    std::ranges::copy(message.cid().digest(), out.begin());
    return out;
}

}  // namespace strata::chain
