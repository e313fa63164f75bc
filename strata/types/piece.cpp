#include <strata/types/piece.hpp>

namespace strata {

bool is_piece_cid(const Cid& cid) {
    return cid.version() == 1 && cid.codec() == Codec::commitment_unsealed &&
           cid.hash() == HashCode::sha2_256_trunc254_padded && cid.digest().size() == 32;
}

}  // namespace strata
