#pragma once
// Defines byte strings and the few helpers that every layer needs for them. They have no ownership rules beyond the
// standard's.
#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;
using Hash256 = ByteArray<32>;

inline BytesView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(BytesView view) {
    return {view.begin(), view.end()};
}
inline void append(Bytes& to, BytesView from) {
    to.insert(to.end(), from.begin(), from.end());
}
inline bool equal(BytesView a, BytesView b) {
    return std::ranges::equal(a, b);
}

template <class T>
constexpr void store_be(std::uint8_t* to, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
}
template <class T>
constexpr void store_le(std::uint8_t* to, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
}
template <class T>
constexpr T load_be(const std::uint8_t* from) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(static_cast<T>(value << 8) | from[i]);
    return value;
}
template <class T>
constexpr T load_le(const std::uint8_t* from) {
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>(static_cast<T>(value << 8) | from[i]);
    return value;
}

}  // namespace strata
