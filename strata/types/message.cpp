#include <strata/types/message.hpp>

namespace strata {

Cid Message::cid() const {
    return Cid::hash_of(Codec::dag_cbor, strata::to_cbor(*this));
}

}  // namespace strata
