#include <strata/wasm/instrument.hpp>

#include <strata/wasm/gas_metering.hpp>
#include <strata/wasm/parser.hpp>
#include <strata/wasm/stack_limiter.hpp>

namespace strata::wasm {

Result<Bytes> instrument_stack(BytesView module, Generation generation) {
    STRATA_TRY(const auto parsed, parse(module));
    return limit_stack(parsed, generation);
}

Result<Bytes> instrument(BytesView module, Generation generation) {
    STRATA_TRY(const Bytes limited, instrument_stack(module, generation));
    STRATA_TRY(const auto parsed, parse(limited, SectionOrder::any));
    return meter_gas(parsed, generation);
}

}  // namespace strata::wasm
