#pragma once
#include <strata/types/basic.hpp>

namespace strata::actors::init {

inline constexpr MethodNumber kExec = 2;
inline constexpr MethodNumber kExec4 = 3;

struct ExecParams {
    Cid code;
    Bytes constructor_params;
    STRATA_CBOR_TUPLE(code, constructor_params);
};
struct Exec4Params {
    Cid code;
    Bytes constructor_params;
    Bytes subaddress;
    STRATA_CBOR_TUPLE(code, constructor_params, subaddress);
};
struct ExecReturn {
    Address id_address;
    Address robust_address;
    STRATA_CBOR_TUPLE(id_address, robust_address);
};

}  // namespace strata::actors::init
