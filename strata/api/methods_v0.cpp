// Adds the methods of /rpc/v0 that differ from those of /rpc/v1.
#include <strata/api/method_table.hpp>

namespace strata::api {

void add_v0_methods(MethodTable& table) {
    for (auto* add : {add_v0_node_methods, add_v0_search_methods, add_v0_randomness_methods, add_v0_mining_methods,
                      add_v0_sector_methods, add_v0_multisig_methods, add_v0_absent_methods})
        add(table);
}

}  // namespace strata::api
