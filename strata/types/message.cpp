#include <strata/types/message.hpp>

namespace strata {

Cid Message::cid() const {
    return Cid::hash_of(Codec::dag_cbor, strata::to_cbor(*this));
}

Status Message::check_decoded() const {
    STRATA_OK(check_wire_address(to));
    return check_wire_address(from);
}

}  // namespace strata
