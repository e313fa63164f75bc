#include <strata/store/log_check.hpp>

#include <nmmintrin.h>

#include <algorithm>

namespace strata::store {
namespace {

constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;                      // CRC-32C, little-endian length of two bytes, type
constexpr std::uint8_t kFullRecord = 1, kLastPart = 4;  // the least and the greatest type of a record

// Returns the stored form of a checksum. It is rotated and shifted, so that a log stored inside a log is not taken for
// records of the outer one (rocksdb util/crc32c.h, Mask).
std::uint32_t stored_form(std::uint32_t crc) {
    return ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U;
}

/// Returns the CRC-32C (Castagnoli) of the bytes, by the processor's instruction.
std::uint32_t crc32c(BytesView bytes) {
    std::uint64_t crc = 0xffffffffU;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) crc = _mm_crc32_u64(crc, load_le<std::uint64_t>(bytes.data()));
    auto rest = static_cast<std::uint32_t>(crc);
    for (const auto byte : bytes) rest = _mm_crc32_u8(rest, byte);
    return ~rest;
}

struct Header {
    std::uint32_t checksum;
    std::size_t length;
    std::uint8_t type;
};
Header header_of(BytesView bytes) {
    return {load_le<std::uint32_t>(bytes.data()), load_le<std::uint16_t>(bytes.data() + 4), bytes[6]};
}

bool is_zero(BytesView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

/// Returns true if the bytes begin with a valid record whose payload has `length` bytes. The checksum covers the type
/// and the payload.
bool is_record(BytesView bytes, std::size_t length) {
    if (bytes.size() < kHeader + length) return false;
    const auto header = header_of(bytes);
    return header.type != 0 && stored_form(crc32c(bytes.subspan(6, 1 + length))) == header.checksum;
}

/// Returns true if a complete record begins anywhere in the bytes.
bool has_record(BytesView bytes) {
    for (; bytes.size() > kHeader; bytes = bytes.subspan(1)) {
        const auto header = header_of(bytes);
        const bool likely = header.length != 0 && header.type >= kFullRecord && header.type <= kLastPart;
        if (likely && is_record(bytes, header.length)) return true;
    }
    return false;
}

}  // namespace

std::optional<std::uint64_t> find_log_damage(BytesView log) {
    // A log is a sequence of blocks. A record does not cross the end of a block: it is cut into parts, each with a
    // header of its own, and a rest too small for a header is padding.
    std::size_t at = 0;
    while (at < log.size()) {
        const std::size_t in_block = at % kBlock;
        if (kBlock - in_block < kHeader) {  // padding
            at += kBlock - in_block;
            continue;
        }
        const auto rest = log.subspan(at);
        if (is_zero(rest)) return std::nullopt;
        if (rest.size() < kHeader) return std::nullopt;
        const std::size_t room = kBlock - in_block - kHeader;
        const auto header = header_of(rest);
        if (header.length <= room && is_record(rest, header.length)) {
            at += kHeader + header.length;
            continue;
        }
        // A killed writer leaves only the front of one record, which is not damage. It is damage if a complete record
        // follows, or if this record is complete and only its length is wrong: then the checksum matches the bytes that
        // are there.
        const bool is_cut = header.length <= room && rest.size() < kHeader + header.length;
        const bool is_complete = rest.size() - kHeader <= room && is_record(rest, rest.size() - kHeader);
        if (is_cut && !is_complete && !has_record(rest.subspan(1))) return std::nullopt;
        return at;
    }
    return std::nullopt;
}

}  // namespace strata::store
