#include <strata/differential/loose_encoding.hpp>

#include <strata/base/bytes.hpp>

namespace strata::differential {
namespace {

constexpr unsigned kBytes = 2;
constexpr unsigned kText = 3;
constexpr unsigned kList = 4;
constexpr unsigned kMap = 5;
constexpr unsigned kTag = 6;

// RFC 8949 §3: a value follows the first byte in 0, 1, 2, 4 or 8 bytes.
unsigned least_width(std::uint64_t value) {
    if (value < 24) return 0;
    if (value <= 0xff) return 1;
    if (value <= 0xffff) return 2;
    return value <= 0xffffffff ? 3 : 4;
}

class LooseEncoder {
  public:
    explicit LooseEncoder(Dice& dice) : dice_(dice) {}
    Bytes take() { return std::move(out_); }

    void operator()(std::nullptr_t) { out_.push_back(0xf6); }
    void operator()(bool value) { out_.push_back(value ? 0xf5 : 0xf4); }
    void operator()(const Integer& value) { head(value.negative ? 1 : 0, value.head); }
    void operator()(double) { out_.push_back(0xf6); }  // no parameter is a float
    void operator()(const std::string& value) { string(kText, as_bytes(value)); }
    void operator()(const Bytes& value) { string(kBytes, value); }
    void operator()(const Cid& value) {
        Bytes content{0};
        append(content, value.bytes());
        head(kTag, 42);
        string(kBytes, content);
    }
    void operator()(const List& value) {
        head(kList, value.size());
        for (const auto& item : value) std::visit(*this, item.is);
    }
    void operator()(const Map& value) {
        head(kMap, value.size());
        for (const auto& [key, item] : value) {
            string(kText, as_bytes(key));
            std::visit(*this, item.is);
        }
    }

  private:
    void head(unsigned major, std::uint64_t value) {
        if (dice_.chance(10)) major &= static_cast<unsigned>(dice_.below(8));
        const unsigned least = least_width(value);
        const auto width = least + (dice_.chance(20) ? static_cast<unsigned>(dice_.below(5 - least)) : 0);
        const auto type = static_cast<std::uint8_t>(major << 5);
        if (width == 0) {
            out_.push_back(static_cast<std::uint8_t>(type | value));
            return;
        }
        out_.push_back(static_cast<std::uint8_t>(type | (23 + width)));
        for (unsigned i = 1U << (width - 1); i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    void string(unsigned major, BytesView content) {
        if (!dice_.chance(5)) {
            head(major, content.size());
            append(out_, content);
            return;
        }
        out_.push_back(static_cast<std::uint8_t>(major << 5 | 31));
        const auto cut = dice_.below(content.size() + 1);
        string(major, content.first(cut));
        string(major, content.subspan(cut));
        out_.push_back(0xff);
    }
    Dice& dice_;
    Bytes out_;
};

}  // namespace

Bytes loose_encoding(Dice& dice, const Value& value) {
    LooseEncoder encoder(dice);
    std::visit(encoder, value.is);
    return encoder.take();
}

}  // namespace strata::differential
