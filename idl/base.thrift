/**
 * Types shared by the services of clic-master.
 *
 * The namespaces are those that existing Java and Python executors import.
 */
namespace java fdu.daslab.thrift.base
namespace py fdu.daslab.thrift.base

/** Outcome of a call of the SchedulerService. */
enum ResultCode {
  SUCCESS = 0,
  PARAMETER_ERROR = 1,
  EXCEPTION = 2
}

/** What every call of the SchedulerService answers. */
struct ServiceBaseResult {
  1: ResultCode resultCode,
  2: string message
}
