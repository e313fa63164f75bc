#include <strata/types/piece.hpp>

namespace strata {

bool is_piece_cid(const Cid& cid) {
    return cid.version() == 1 && cid.codec() == Codec::commitment_unsealed &&
           cid.hash() == HashCode::sha2_256_trunc254_padded && cid.digest().size() == 32;
}

std::uint64_t padded_piece_size(std::uint64_t raw) {
    std::uint64_t padded = kMinPieceSize;
    while (padded != 0 && piece_capacity(padded) < raw) padded <<= 1;
    return padded;
}

}  // namespace strata
