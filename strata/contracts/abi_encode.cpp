// Turns texts into the encoding of Solidity's ABI.
#include <strata/base/hex.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/types/basic.hpp>

namespace strata::contracts {
namespace {

using Kind = AbiType::Kind;
constexpr std::size_t kWord = 32;

Error not_a(const AbiType& type, std::string_view text, std::string_view expected) {
    return fail(Errc::invalid_argument, "\"" + std::string(text.substr(0, 100)) + "\" is not a value of the type " +
                                            type.name() + "; expected " + std::string(expected));
}

/// Returns a number that fits into a word; a negative one as its two's complement.
Bytes word_of(const BigInt& number) {
    const Bytes magnitude = (number.is_negative() ? BigInt::pow2(8 * kWord) + number : number).magnitude_be();
    Bytes out(kWord - magnitude.size(), 0);
    append(out, magnitude);
    return out;
}

/// Appends zeros up to the end of a word.
Bytes padded(BytesView data) {
    Bytes out = to_bytes(data);
    out.resize((data.size() + kWord - 1) / kWord * kWord, 0);
    return out;
}

Result<BigInt> number_of(const AbiType& type, std::string_view text) {
    const auto refuse = [&] { return not_a(type, text, "a decimal number or 0x with hexadecimal digits"); };
    if (!text.starts_with("0x")) {
        const auto number = BigInt::parse(text);
        return number ? Result<BigInt>(*number) : refuse();
    }
    std::string digits(text.substr(2));
    if (digits.empty()) return refuse();
    if (digits.size() % 2 != 0) digits.insert(digits.begin(), '0');
    const auto bytes = from_hex(digits);
    if (!bytes) return refuse();
    return BigInt::from_be(*bytes);
}

Result<Bytes> encode_number(const AbiType& type, std::string_view text) {
    STRATA_TRY(const auto number, number_of(type, text));
    const bool is_signed = type.kind == Kind::signed_number;
    const BigInt above = BigInt::pow2(is_signed ? type.size - 1 : type.size);
    const BigInt least = is_signed ? -above : BigInt(0);
    if (number < least || number >= above)
        return not_a(type, text, least.to_string() + " to " + (above - BigInt(1)).to_string());
    return word_of(number);
}

Result<Bytes> bytes_of(const AbiType& type, std::string_view text) {
    const auto bytes = text.starts_with("0x") ? from_hex(text.substr(2)) : Result<Bytes>(Errc::malformed);
    if (!bytes) return not_a(type, text, "0x with an even number of hexadecimal digits");
    return *bytes;
}

/// Reads what stands behind a backslash in quotes, and moves `i` to its last character. Empty if it is nothing known.
std::optional<char> escaped(std::string_view text, std::size_t& i) {
    const std::string_view rest = text.substr(i + 1);
    if (rest.starts_with('"') || rest.starts_with('\\')) return text[++i];
    const auto byte =
        rest.starts_with('x') && rest.size() >= 3 ? from_hex(rest.substr(1, 2)) : Result<Bytes>(Errc::malformed);
    if (!byte) return std::nullopt;
    i += 3;
    return static_cast<char>(byte->front());
}

/// Splits "[a,b,[c,d]]" and "(a,b)" at the outer commas. A text in double quotes is one piece: without the quotes and
/// with its escapes read, unless it lies deeper.
class Splitter {
  public:
    /// Returns the pieces; empty if the text is not of this form.
    std::optional<std::vector<std::string>> split(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool last = i + 1 == text.size();
            if (quoted_ ? !in_quotes(text, i) : !outside(text[i], last)) return std::nullopt;
        }
        if (!open_.empty() || quoted_ || pieces_.size() > kMaxAbiItems) return std::nullopt;
        return std::move(pieces_);
    }

  private:
    bool in_quotes(std::string_view text, std::size_t& i) {
        const bool outer = open_.size() == 1;
        if (text[i] == '"') {
            quoted_ = false;
            if (!outer) pieces_.back().push_back('"');
            return true;
        }
        const std::size_t begin = i;
        const auto c = text[i] == '\\' ? escaped(text, i) : std::optional(text[i]);
        if (!c) return false;
        if (outer) {
            pieces_.back().push_back(*c);
        } else {
            pieces_.back() += text.substr(begin, i - begin + 1);
        }
        return true;
    }
    bool outside(char c, bool last) {
        const bool outer = open_.size() == 1;
        if (c == '[' || c == '(') {
            if (!open_.empty()) append(c);
            open_.push_back(c == '[' ? ']' : ')');
            return true;
        }
        if (open_.empty()) return false;
        if (c == ']' || c == ')') {
            if (c != open_.back()) return false;
            open_.pop_back();
            if (!open_.empty()) append(c);
            return !open_.empty() || last;
        }
        if (outer && c == ',') {
            if (pieces_.empty()) pieces_.emplace_back();
            pieces_.emplace_back();
            return pieces_.size() <= kMaxAbiItems;
        }
        if (outer && c == ' ') return true;
        quoted_ = c == '"';
        if (quoted_ && outer) {
            if (pieces_.empty()) pieces_.emplace_back();
        } else {
            append(c);
        }
        return true;
    }
    void append(char c) {
        if (pieces_.empty()) pieces_.emplace_back();
        pieces_.back().push_back(c);
    }

    std::string open_;  // what closes the open brackets
    bool quoted_ = false;
    std::vector<std::string> pieces_;
};

Result<std::vector<std::string>> elements_of(const AbiType& type, std::string_view text) {
    const bool is_list = text.starts_with('[') || (type.kind == Kind::tuple && text.starts_with('('));
    auto out = is_list ? Splitter().split(text) : std::nullopt;
    if (out) return std::move(*out);
    return not_a(type, text,
                 type.kind == Kind::tuple ? "values between parentheses, such as (1,2)"
                                          : "values between brackets, such as [1,2]");
}

Result<Bytes> encode_one(const AbiType& type, std::string_view text);

/// Encodes values one after another: words in place, and offsets to what has a length of its own, which follows.
template <class TypeAt>
Result<Bytes> encode_list(TypeAt type_at, const std::vector<std::string>& values, std::string_view what) {
    std::vector<Bytes> encoded;
    std::size_t heads = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto one = encode_one(type_at(i), values[i]);
        if (!one) return std::move(one).error().with_context(std::string(what) + " " + std::to_string(i + 1));
        heads += type_at(i).is_dynamic() ? kWord : one->size();
        encoded.push_back(std::move(*one));
    }
    Bytes head, tail;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool dynamic = type_at(i).is_dynamic();
        if (dynamic) append(head, word_of(static_cast<std::uint64_t>(heads + tail.size())));
        append(dynamic ? tail : head, encoded[i]);
        if (head.size() + tail.size() > kMaxAbiBytes)
            return fail(Errc::too_large, "the arguments have more than " + std::to_string(kMaxAbiBytes) + " bytes");
    }
    append(head, tail);
    return head;
}

Result<Bytes> encode_array(const AbiType& type, std::string_view text) {
    STRATA_TRY(const auto values, elements_of(type, text));
    if (type.length && values.size() != *type.length)
        return not_a(type, text, std::to_string(*type.length) + " values, got " + std::to_string(values.size()));
    STRATA_TRY(const auto list,
               encode_list([&](std::size_t) -> const AbiType& { return *type.element; }, values, "value"));
    Bytes out;
    if (!type.length) out = word_of(static_cast<std::uint64_t>(values.size()));
    append(out, list);
    return out;
}

Result<Bytes> encode_tuple(const AbiType& type, std::string_view text) {
    STRATA_TRY(const auto values, elements_of(type, text));
    if (values.size() != type.fields.size())
        return not_a(type, text, std::to_string(type.fields.size()) + " values, got " + std::to_string(values.size()));
    return encode_list([&](std::size_t i) -> const AbiType& { return type.fields[i]; }, values, "value");
}

Result<Bytes> encode_one(const AbiType& type, std::string_view text) {
    switch (type.kind) {
        case Kind::number:
        case Kind::signed_number:
            return encode_number(type, text);
        case Kind::address: {
            STRATA_TRY(const auto address, parse_ethereum_address(text));
            return word_of(BigInt::from_be(address));
        }
        case Kind::boolean:
            if (text != "true" && text != "false") return not_a(type, text, "true or false");
            return word_of(text == "true" ? 1 : 0);
        case Kind::fixed_bytes: {
            STRATA_TRY(const auto bytes, bytes_of(type, text));
            if (bytes.size() != type.size)
                return not_a(type, text, std::to_string(type.size) + " bytes, got " + std::to_string(bytes.size()));
            return padded(bytes);
        }
        case Kind::bytes:
        case Kind::string: {
            Bytes bytes = to_bytes(as_bytes(text));
            if (type.kind == Kind::bytes) {
                STRATA_TRY(bytes, bytes_of(type, text));
            }
            Bytes out = word_of(static_cast<std::uint64_t>(bytes.size()));
            append(out, padded(bytes));
            return out;
        }
        case Kind::array:
            return encode_array(type, text);
        case Kind::tuple:
            return encode_tuple(type, text);
    }
    return fail(Errc::internal, "a type without a kind");
}

}  // namespace

Result<Bytes> encode_values(const std::vector<AbiType>& types, const std::vector<std::string>& values) {
    if (types.size() != values.size())
        return fail(Errc::invalid_argument, "there are " + std::to_string(values.size()) + " arguments for " +
                                                std::to_string(types.size()) + " types");
    return encode_list([&](std::size_t i) -> const AbiType& { return types[i]; }, values, "argument");
}

Result<Bytes> encode_call(const AbiFunction& function, const std::vector<std::string>& values) {
    auto encoded = encode_values(function.inputs, values);
    if (!encoded) return std::move(encoded).error().with_context(function.signature());
    Bytes out = to_bytes(function.selector());
    append(out, *encoded);
    return out;
}

}  // namespace strata::contracts
