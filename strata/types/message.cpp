#include <strata/types/message.hpp>

namespace strata {

Cid Message::cid() const {
    return Cid::hash_of(Codec::dag_cbor, strata::to_cbor(*this));
}

Status Message::check_decoded() const {
    STRATA_OK(check_wire_address(to));
    return check_wire_address(from);
}

Cid SignedMessage::cid() const {
    if (signature.type == Signature::Type::bls) return message.cid();
    return Cid::hash_of(Codec::dag_cbor, strata::to_cbor(*this));
}

std::size_t SignedMessage::chain_length() const {
    return signature.type == Signature::Type::bls ? strata::to_cbor(message).size() : strata::to_cbor(*this).size();
}

}  // namespace strata
