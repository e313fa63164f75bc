#include <strata/proofs/piece/fr32.hpp>

namespace strata::proofs {
namespace {

// A block is four nodes. Node k holds the 254 bits of data that begin at bit 254·k, which is 2·k bits before byte 32·k.
void pad_block(const std::uint8_t* raw, std::uint8_t* padded) {
    std::memcpy(padded, raw, 32);
    padded[31] &= 0x3f;
    for (unsigned k = 1; k < 4; ++k) {
        const unsigned shift = 8 - 2 * k;
        const std::uint8_t* from = raw + 32 * k - 1;
        std::uint8_t* to = padded + 32 * k;
        for (unsigned i = 0; i < 31; ++i)
            to[i] = static_cast<std::uint8_t>(from[i] >> shift | from[i + 1] << (8 - shift));
        // The 127 bytes end with the 254th bit of the last node.
        const unsigned high = k == 3 ? 0 : static_cast<unsigned>(from[32]) << (8 - shift);
        to[31] = static_cast<std::uint8_t>((static_cast<unsigned>(from[31]) >> shift | high) & 0x3f);
    }
}

// The inverse of pad_block(). Nodes 1 to 3 begin in the middle of a byte of data: node k at bit 8 - 2·k of byte 32·k
// - 1. The lower bits of that byte are the end of node k - 1, so the two are joined with |.
void unpad_block(const std::uint8_t* padded, std::uint8_t* raw) {
    std::memset(raw, 0, kRawBlock);
    for (unsigned k = 0; k < 4; ++k) {
        const unsigned shift = k == 0 ? 0 : 8 - 2 * k;
        const std::uint8_t* from = padded + 32 * k;
        std::uint8_t* to = raw + 32 * k - (k == 0 ? 0 : 1);
        for (unsigned i = 0; i < 32; ++i) {
            const unsigned bits = (from[i] & (i == 31 ? 0x3fU : 0xffU)) << shift;
            to[i] = static_cast<std::uint8_t>(to[i] | bits);
            if (bits > 0xff) to[i + 1] = static_cast<std::uint8_t>(bits >> 8);
        }
    }
}

}  // namespace

void fr32_pad(BytesView raw, std::span<std::uint8_t> padded) {
    STRATA_CHECK(raw.size() % kRawBlock == 0 && padded.size() == padded_size(raw.size()));
    for (std::size_t i = 0; i < raw.size() / kRawBlock; ++i)
        pad_block(raw.data() + i * kRawBlock, padded.data() + i * kPaddedBlock);
}

void fr32_unpad(BytesView padded, std::span<std::uint8_t> raw) {
    STRATA_CHECK(padded.size() % kPaddedBlock == 0 && raw.size() == raw_size(padded.size()));
    for (std::size_t i = 0; i < padded.size() / kPaddedBlock; ++i)
        unpad_block(padded.data() + i * kPaddedBlock, raw.data() + i * kRawBlock);
}

}  // namespace strata::proofs
