#include <strata/chain/ethereum_log.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::chain {

std::optional<EthereumLog> ethereum_log(const std::vector<vm::EventEntry>& entries) {
    EthereumLog out;
    ByteArray<kMostTopics> found{};
    bool has_data = false;
    for (const auto& [flags, key, codec, value] : entries) {
        if (codec != Codec::raw) return std::nullopt;
        if (key.size() == 2 && key[0] == 't' && key[1] >= '1' && key[1] <= '4') {
            const auto index = static_cast<std::size_t>(key[1] - '1');
            if (value.size() != 32 || std::exchange(found[index], std::uint8_t{1}) != 0) return std::nullopt;
            if (out.topics.size() <= index) out.topics.resize(index + 1);
            std::ranges::copy(value, out.topics[index].begin());
        } else if (key == "d") {
            if (std::exchange(has_data, true)) return std::nullopt;
            out.data = value;
        }
    }
    for (std::size_t i = 0; i < out.topics.size(); ++i)
        if (found[i] == 0) return std::nullopt;
    return out;
}

// The first three pairs of bytes of the item's hash each name a bit, counted from the end.
void EthereumBloom::add(BytesView item) {
    const auto hash = crypto::keccak_256(item);
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t bit = load_be<std::uint16_t>(hash.data() + 2 * i) % (8 * bits.size());
        bits[bits.size() - 1 - bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
    }
}

void EthereumBloom::add(const EthereumAddress& emitter, const EthereumLog& log) {
    add(BytesView(emitter));
    for (const auto& topic : log.topics) add(BytesView(topic));
}

}  // namespace strata::chain
