// Methods of parts of Lotus that this node does not have: it answers as a Lotus whose owner has switched them off, so
// that clients know what to make of it. Sources: lotus node/impl/full/f3.go, node/impl/paych/paych.go (DisabledPaych),
// api/api_errors.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

/// A parameter that nobody looks at.
struct Anything {};
Status read(const Json&, Anything&) {
    return {};
}

Answered<Json> f3_is_off() {
    return Fault(Code::f3_disabled, "f3 is disabled");
}
Answered<Json> channels_are_off() {
    return Fault(Code::payment_channels_disabled, "payment channels disabled (EnablePaymentChannelManager=false)");
}

Answered<Json> no_backup() {
    return Fault(Code::application, "a caller names no file of this machine: strata node backup FILE fetches a backup");
}

/// Returns why every call is refused, for the list of methods.
template <auto kWhy>
std::string reason() {
    return kWhy().error().message;
}

/// A handler that takes `kCount` parameters and ends with the error of `kWhy`.
template <auto kWhy, class Indices>
struct Refusing;
template <auto kWhy, std::size_t... kIndex>
struct Refusing<kWhy, std::index_sequence<kIndex...>> {
    template <std::size_t>
    using One = Anything;
    static Answered<Json> call(Context&, const One<kIndex>&...) { return kWhy(); }
};

template <auto kWhy, std::size_t kCount>
void add(MethodTable& table, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        table.add(name, Refusing<kWhy, std::make_index_sequence<kCount>>::call);
        table.mark_refused(name, reason<kWhy>());
    }
}

}  // namespace

void add_absent_methods(MethodTable& table) {
    add<f3_is_off, 0>(
        table, {"F3GetLatestCertificate", "F3GetManifest", "F3IsRunning", "F3GetProgress", "F3ListParticipants"});
    add<f3_is_off, 1>(table, {"F3Participate", "F3GetCertificate", "F3GetECPowerTable", "F3GetF3PowerTable",
                              "F3GetPowerTableByInstance"});
    add<f3_is_off, 3>(table, {"F3GetOrRenewParticipationTicket"});

    add<channels_are_off, 0>(table, {"PaychList"});
    add<channels_are_off, 1>(table, {"PaychAllocateLane", "PaychAvailableFunds", "PaychCollect", "PaychGetWaitReady",
                                     "PaychSettle", "PaychStatus", "PaychVoucherList"});
    add<channels_are_off, 2>(table, {"PaychAvailableFundsByFromTo", "PaychVoucherCheckValid"});
    add<channels_are_off, 3>(table, {"PaychFund", "PaychNewPayment", "PaychVoucherCreate"});
    add<channels_are_off, 4>(table,
                             {"PaychGet", "PaychVoucherAdd", "PaychVoucherCheckSpendable", "PaychVoucherSubmit"});

    add<no_backup, 1>(table, {"CreateBackup"});
}

// Source: lotus api/v0api/v1_wrapper.go.
void add_v0_absent_methods(MethodTable& table) {
    add<channels_are_off, 3>(table, {"PaychGet"});
}

}  // namespace strata::api
