// Turns data of contracts into texts. An offset may point anywhere, also to where a different one points, so that a few
// bytes can describe a huge value; the items and the bytes of the result are counted.
#include <strata/base/hex.hpp>
#include <strata/base/utf8.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/types/basic.hpp>

namespace strata::contracts {
namespace {

using Kind = AbiType::Kind;
constexpr std::size_t kWord = 32;

/// Shows a string so that a terminal can print it: printable ASCII and UTF-8 from two bytes on as they are. In quotes a
/// backslash stands before each quote and backslash.
std::string printable(BytesView bytes, bool in_quotes) {
    std::string out(in_quotes ? "\"" : "");
    const auto escape = [&](std::uint8_t byte) { out += "\\x" + to_hex({&byte, 1}); };
    for (std::size_t i = 0; i < bytes.size();) {
        const std::uint8_t first = bytes[i];
        const std::size_t length = first < 0x80                    ? 1
                                   : first >= 0xc2 && first < 0xe0 ? 2
                                   : first >= 0xe0 && first < 0xf0 ? 3
                                   : first >= 0xf0 && first < 0xf5 ? 4
                                                                   : 0;
        const BytesView piece = bytes.subspan(i, std::min(length, bytes.size() - i));
        const bool whole = length != 0 && piece.size() == length && is_utf8(as_text(piece));
        // C1 control characters have two bytes, of which the first is 0xc2 and the second less than 0xa0.
        const bool control =
            first < 0x20 || first == 0x7f || (length == 2 && whole && first == 0xc2 && piece[1] < 0xa0);
        if (!whole || control) {
            escape(first);
            ++i;
        } else {
            if (in_quotes && (first == '"' || first == '\\')) out += '\\';
            out += as_text(piece);
            i += length;
        }
    }
    return out + (in_quotes ? "\"" : "");
}

class Decoder {
  public:
    explicit Decoder(bool quoted) : depth_(quoted ? 1 : 0) {}
    Result<std::vector<std::string>> values(const std::vector<AbiType>& types, BytesView data) {
        return list([&](std::size_t i) -> const AbiType& { return types[i]; }, types.size(), data);
    }

  private:
    /// Decodes `count` values whose words begin at the start of `data`, to which offsets relate.
    template <class TypeAt>
    Result<std::vector<std::string>> list(TypeAt type_at, std::size_t count, BytesView data) {
        std::vector<std::string> out;
        std::size_t at = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const AbiType& type = type_at(i);
            if (type.is_dynamic()) {
                STRATA_TRY(const auto offset, size_at(data, at, "an offset"));
                if (offset > data.size()) return early(offset, data.size());
                std::size_t inner = 0;
                STRATA_TRY(auto text, one(type, data.subspan(offset), inner));
                out.push_back(std::move(text));
                at += kWord;
            } else {
                std::size_t used = at;
                STRATA_TRY(auto text, one(type, data, used));
                out.push_back(std::move(text));
                at = used;
            }
        }
        return out;
    }

    /// Decodes one value at `at` and moves `at` behind it.
    Result<std::string> one(const AbiType& type, BytesView data, std::size_t& at) {
        if (++items_ > kMaxAbiItems)
            return fail(Errc::too_large, "the data has more than " + std::to_string(kMaxAbiItems) + " values");
        if (type.kind == Kind::array) return array(type, data, at);
        if (type.kind == Kind::tuple) return tuple(type, data, at);
        STRATA_TRY(const auto word, word_at(data, at));
        switch (type.kind) {
            case Kind::number:
            case Kind::signed_number:
                return number(type, word);
            case Kind::address: {
                if (!zeros(word.first(12))) return unfit(type, word);
                ByteArray<20> address{};
                std::ranges::copy(word.subspan(12), address.begin());
                return checksummed(address);
            }
            case Kind::boolean:
                if (!zeros(word.first(kWord - 1)) || word.back() > 1) return unfit(type, word);
                return std::string(word.back() == 1 ? "true" : "false");
            case Kind::fixed_bytes:
                if (!zeros(word.subspan(type.size))) return unfit(type, word);
                return "0x" + to_hex(word.first(type.size));
            default:
                break;
        }
        at -= kWord;  // the word is a length
        STRATA_TRY(const auto size, size_at(data, at, "a length"));
        at += kWord;
        if (size > data.size() - at) return early(size, data.size() - at);
        bytes_ += size;
        if (bytes_ > kMaxAbiBytes)
            return fail(Errc::too_large, "the values have more than " + std::to_string(kMaxAbiBytes) + " bytes");
        const auto bytes = data.subspan(at, size);
        at = std::min(data.size(), at + (size + kWord - 1) / kWord * kWord);
        return type.kind == Kind::string ? printable(bytes, depth_ != 0) : "0x" + to_hex(bytes);
    }

    Result<std::string> array(const AbiType& type, BytesView data, std::size_t& at) {
        std::size_t length = 0;
        if (type.length) {
            length = *type.length;
        } else {
            STRATA_TRY(length, size_at(data, at, "a length"));
            at += kWord;
        }
        // Every element takes a word at least.
        if (length > (data.size() - at) / kWord) return early(length, (data.size() - at) / kWord);
        return inside(type, [&](std::size_t) -> const AbiType& { return *type.element; }, length, data, at);
    }

    Result<std::string> tuple(const AbiType& type, BytesView data, std::size_t& at) {
        return inside(
            type, [&](std::size_t i) -> const AbiType& { return type.fields[i]; }, type.fields.size(), data, at);
    }

    /// Decodes the values of an array or tuple, which begin at `at`, to one text.
    template <class TypeAt>
    Result<std::string> inside(const AbiType& type, TypeAt type_at, std::size_t count, BytesView data,
                               std::size_t& at) {
        ++depth_;
        STRATA_TRY(const auto values, list(type_at, count, data.subspan(at)));
        --depth_;
        if (!type.is_dynamic()) at += kWord * words_of(type);
        const bool is_tuple = type.kind == Kind::tuple;
        std::string out(1, is_tuple ? '(' : '[');
        for (const auto& value : values) out += (&value == values.data() ? "" : ",") + value;
        return out + (is_tuple ? ')' : ']');
    }

    /// The words of a value without a length of its own.
    static std::size_t words_of(const AbiType& type) {
        if (type.kind == Kind::array) return *type.length * words_of(*type.element);
        std::size_t out = type.fields.empty() ? 1 : 0;
        for (const auto& field : type.fields) out += words_of(field);
        return out;
    }

    static Result<std::string> number(const AbiType& type, BytesView word) {
        BigInt value = BigInt::from_be(word);
        if (type.kind == Kind::signed_number && word[0] >= 0x80) value -= BigInt::pow2(8 * kWord);
        const BigInt above = BigInt::pow2(type.kind == Kind::signed_number ? type.size - 1 : type.size);
        if (value >= above || (value.is_negative() && value < -above)) return unfit(type, word);
        return value.to_string();
    }
    static Result<BytesView> word_at(BytesView data, std::size_t& at) {
        if (at > data.size() || data.size() - at < kWord) return early(at + kWord, data.size());
        const BytesView out = data.subspan(at, kWord);
        at += kWord;
        return out;
    }
    static Result<std::size_t> size_at(BytesView data, std::size_t at, const char* what) {
        STRATA_TRY(const auto word, word_at(data, at));
        const auto value = BigInt::from_be(word).to_u64();
        if (!value || *value > kMaxAbiBytes * kWord)
            return fail(Errc::malformed, std::string(what) + " is 0x" + to_hex(word) + ", which is too large");
        return static_cast<std::size_t>(*value);
    }
    static bool zeros(BytesView bytes) {
        return std::ranges::all_of(bytes, [](std::uint8_t b) { return b == 0; });
    }
    static Error unfit(const AbiType& type, BytesView word) {
        return fail(Errc::malformed, "0x" + to_hex(word) + " is not a value of the type " + type.name());
    }
    static Error early(std::size_t needs, std::size_t has) {
        return fail(Errc::malformed, "the data ends early: a value needs " + std::to_string(needs) + " and " +
                                         std::to_string(has) + " are there");
    }

    std::size_t items_ = 0;
    std::size_t bytes_ = 0;
    std::size_t depth_;  // arrays and tuples around the value; strings in them have quotes
};

}  // namespace

Result<std::vector<std::string>> decode_values(const std::vector<AbiType>& types, BytesView data) {
    return Decoder(false).values(types, data);
}

Result<std::vector<std::string>> decode_quoted(const std::vector<AbiType>& types, BytesView data) {
    return Decoder(true).values(types, data);
}

}  // namespace strata::contracts
