import fdu.daslab.thrift.base.ServiceBaseResult;
import fdu.daslab.thrift.master.SchedulerService;
import fdu.daslab.thrift.master.TaskService;
import java.util.HashMap;
import java.util.TreeMap;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMultiplexedProtocol;
import org.apache.thrift.transport.TSocket;

/** Speaks to a master as the Java shell and executor do. Arguments: PORT METHOD [ARG...]. */
public final class PeerClient {
  public static void main(String[] args) throws Exception {
    try (TSocket socket = new TSocket("127.0.0.1", Integer.parseInt(args[0]), 10_000)) {
      socket.open();
      TBinaryProtocol protocol = new TBinaryProtocol(socket);
      TaskService.Client tasks = new TaskService.Client(new TMultiplexedProtocol(protocol, "TaskService"));
      SchedulerService.Client stages =
          new SchedulerService.Client(new TMultiplexedProtocol(protocol, "SchedulerService"));
      System.out.println(answer(tasks, stages, args));
    } catch (TApplicationException e) {
      System.out.println("exception " + e.getType() + " " + e.getMessage());
    }
  }

  private static Object answer(TaskService.Client tasks, SchedulerService.Client stages, String[] args)
      throws Exception {
    switch (args[1]) {
      case "submitPlan":
        tasks.submitPlan(args[2], args[3]);
        return "submitted";
      case "listAllTask":
        return tasks.listAllTask(0).size();
      case "getTaskInfo":
        return new TreeMap<>(tasks.getTaskInfo(args[2]));
      case "getStageInfo":
        return new TreeMap<>(tasks.getStageInfo(args[2]));
      case "getStageIdOfTask":
        return tasks.getStageIdOfTask(args[2]);
      case "suspendStage":
        return tasks.suspendStage(args[2]);
      case "continueStage":
        return tasks.continueStage(args[2]);
      case "getStageResult":
        return tasks.getStageResult(args[2]);
      case "postStageStarted":
        return code(stages.postStageStarted(args[2], new HashMap<>()));
      case "postDataPrepared":
        return code(stages.postDataPrepared(args[2]));
      case "postStageCompleted":
        return code(stages.postStageCompleted(args[2], new HashMap<>()));
      default:
        throw new IllegalArgumentException(args[1]);
    }
  }

  private static Object code(ServiceBaseResult result) {
    return result.getResultCode();
  }
}
